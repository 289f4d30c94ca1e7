use svrkit_runtime::{ErrorCode, Status};

#[derive(Debug, ErrorCode)]
enum OrderError {
    #[error_code(1)]
    SoldOut,
}

fn main() {
    let _ = OrderError::from_status(&Status::not_found("x")).map(Status::from);
}
