use svrkit_runtime::ErrorCode;

#[derive(Debug, ErrorCode)]
struct OrderError {
    code: u32,
}

fn main() {}
