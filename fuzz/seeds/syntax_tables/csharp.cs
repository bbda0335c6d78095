c
using System.Net;
using A = B.C;
namespace N { class D { } }
class A { void f() { a?.B(1); this.x(k: 2, ref z); base.F<int>(out var y); b[0, 1]; c.d.e = 3; } }
class A { void f() { var a = new X { B = 1 }; new Y(2); new[] { 3, 4 }; new Z[5]; } }
class A { string s = $"a{x:N}b", t = @"c""d", u = "\n"; char c = 'x'; }
class A { bool f() => !a && b as C == null || (D)e is F; }
class A {
  [Authorize(Roles = "x"), Other]
  public async Task<int> F([Bind("a")] string x, int y = 3) { return await g(); }
}
class A { private const int X = 1, Y = 2; public string P { get; set; } = "q"; int Q => 3; }
class A { void f() { if (a) b(); else if (c) { } else d(); for (int i = 0; i < 3; i++) { } foreach (X x in y) z(); while (true) break; } }
class A { void f() { switch (x) { case 1: case 2: a(); break; default: b(); break; } var y = x switch { 1 => 2, _ => 3 }; } }
class A { void f() { try { a(); } catch (E e) when (b) { throw; } finally { c(); } using (var p = new P()) { d(); } lock (o) { } } }
class A { void f() { g(x => x.y); h((a, b) => { return a; }); int k(int z) { return z; } } }
public class A : B, C { }
struct D { }
interface E { void F(); }
enum G { H = 1, I }
record J(int K);
