use svrkit_runtime::{ErrorCode, Status};

#[derive(Debug, ErrorCode)]
enum OrderError {
    #[error_code(1)]
    Two(String, String),
    #[error_code(2)]
    Named { why: String },
    #[error_code(unknown)]
    Unknown(u32),
}

fn main() {
    let _ = OrderError::from_status(&Status::not_found("x")).map(Status::from);
}
