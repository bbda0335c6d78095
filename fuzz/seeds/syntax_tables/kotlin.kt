d
package a.b
import c.d.E as F
import g.*
fun f() {
  this.foo!!.bar(1, k = 2) { it -> it }
  a?.b
  c[0]
  d(*e)
}
val x = "a $b ${c.d} \n"
val y = """e"""
val z = 'f'
val a: String? = null
var b = true
val (c, d) = e
fun f() { x = a ?: b && !c || d as E == g is H; i += 1; j to k }
fun f() { if (a) b() else if (c) { d() } else e()
 for (i in 1..3) { g(i) }
 while (x) { break }
 }
fun f() = when (x) { 1, 2 -> a(); is B -> c(); else -> d() }
fun f() { try { a() } catch (e: E) { throw e } finally { b() } }
@A(1) private fun f(a: Int, b: List<String>): Int { return 1 }
@B class C(val p: Int) : D(1), E { companion object { val x = 1 } }
interface F
object G { }
