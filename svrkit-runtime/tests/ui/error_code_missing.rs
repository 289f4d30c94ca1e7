use svrkit_runtime::{ErrorCode, Status};

#[derive(Debug, ErrorCode)]
enum OrderError {
    SoldOut,
    #[error_code(unknown)]
    Unknown(u32),
}

fn main() {
    let _ = OrderError::from_status(&Status::not_found("x")).map(Status::from);
}
