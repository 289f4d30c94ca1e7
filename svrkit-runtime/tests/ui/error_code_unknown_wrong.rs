use svrkit_runtime::{ErrorCode, Status};

#[derive(Debug, ErrorCode)]
enum OrderError {
    #[error_code(unknown, 3, retry = "never")]
    Numbered(u32),
    #[error_code(unknown)]
    Empty,
}

fn main() {
    let _ = OrderError::from_status(&Status::not_found("x")).map(Status::from);
}
