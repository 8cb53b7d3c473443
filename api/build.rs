//! Tells Cargo to compile the texts again when a file of them is new: the compiler itself sees only those it has read.

fn main() {
    println!("cargo::rerun-if-changed=locales");
}
