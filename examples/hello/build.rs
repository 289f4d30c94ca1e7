fn main() {
    svrkit_gen::compile("schemas/hello.xml");
}
