use svrkit_runtime::{ErrorCode, Status};

#[derive(Debug, ErrorCode)]
#[error_code(name = "shop..OrderError")]
enum OrderError {
    #[error_code(1, status = "NOT_FUOND")]
    A,
    #[error_code(2, status = "OK")]
    B,
    #[error_code(3, status = "GONE")]
    C,
    #[error_code(4, retry = "newer")]
    D,
    #[error_code(5, retry = "after 20")]
    E,
    #[error_code(6, retry = "perhaps")]
    F,
    #[error_code(7, message = " ")]
    G,
    #[error_code(8, reply = "never")]
    H,
    #[error_code(9, retry = never)]
    I,
    #[error_code(10, retry = "never", retry = "elsewhere")]
    J,
    #[error_code(unknown)]
    Unknown(u32),
}

fn main() {
    let _ = OrderError::from_status(&Status::not_found("x")).map(Status::from);
}
