use svrkit_runtime::{ErrorCode, Status};

#[derive(Debug, ErrorCode)]
enum OrderError {
    #[error_code(0)]
    Zero,
    #[error_code(-1)]
    Negative,
    #[error_code(4294967296)]
    Large,
    #[error_code(7)]
    First,
    #[error_code(7)]
    Second,
    #[error_code(8, 9)]
    Two,
    #[error_code(unknown)]
    Unknown(u32),
}

fn main() {
    let _ = OrderError::from_status(&Status::not_found("x")).map(Status::from);
}
