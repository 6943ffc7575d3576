fn main() {
    loop {
        println!("working");
        std::thread::sleep(std::time::Duration::from_secs(60));
    }
}
