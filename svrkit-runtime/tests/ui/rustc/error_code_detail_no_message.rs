use svrkit_runtime::ErrorCode;

#[derive(Debug, ErrorCode)]
enum OrderError {
    #[error_code(1)]
    SoldOut(String),
    #[error_code(unknown)]
    Unknown(u32),
}

fn main() {}
