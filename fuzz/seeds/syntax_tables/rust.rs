e
use a::b;
pub use c::{d, e::{f as g, self}, h::*};
fn f() { a::b::<C>(1)?; d.e(&f, *g).await; h[0]; i! { j, "k" }; }
const A: &str = "a\u{41}\n";
static B: &[u8] = br#"c"d"#;
const C: char = 'e';
fn f() { let mut a: Vec<u8> = b; let (c, d) = e; a += 1_000; }
fn f() { A { b: 1, c, ..d }; [1, 2]; (3, 4); x as u8; -y; 1..2 }
fn f() { if a { b } else if let Some(c) = d { } else { e } for x in y { break; } while z { continue } loop { return 1; } }
fn f() { match x { 1 | 2 => a, Some(b) if c => { d } _ => e } }
fn f() { g(|x| x); move |y: u8| -> u8 { y }; unsafe { h() } }
#[test]
pub async fn f<T>(&mut self, mut a: T, b: &'static str) -> Option<T> { None }
pub struct A { pub b: C }
struct D(u8);
enum E { F, G(H) }
trait I { fn j(&self); }
impl I for A { }
mod k { }
