h
package a.b
import c.d.E
import f.{G, H => I}
import j._
object A { def f = { a.b(1).c; d { e }; g(h = 2); i ! j; new K(3) } }
object A { val a = "b\n"; val c = s"d$e ${f.g}"; val h = """i"""; val j = sql"k" }
object A { val a: String = null; var (b, c) = d; a += 1 }
object A { @B private def f(a: Int, b: String = "c")(implicit d: D): Int = { return 1 } }
object A { def f = { if (a) b else c; while (d) e; for (x <- y) yield x } }
object A { def f(x: Any) = x match { case 1 => a; case s: String if b => c; case _ => d } }
object A { def f = try { a } catch { case e: E => throw e } finally { b } }
object A { val f = (x: Int) => x + 1; Action { implicit request => ok } }
case class A(b: Int) extends B(1) with C { val d = 2 }
trait E
object F
