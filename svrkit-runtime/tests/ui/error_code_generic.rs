use svrkit_runtime::ErrorCode;

#[derive(Debug, ErrorCode)]
enum OrderError<T> {
    #[error_code(1)]
    SoldOut(T),
}

fn main() {}
