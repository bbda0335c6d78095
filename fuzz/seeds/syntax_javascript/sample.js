#!/usr/bin/env node
"use strict";
// comment
const a = 1, {b, c: [d, , e = 2], ...rest} = obj, re = /a\/b[/]/gi;
let big = 1_000n;
[x, y.z] = [y, x];
({p, q: r = 5} = s);
class A extends B {
  #priv = 1; static s = `t`; 'quoted'() {}
  get v() { return this.#priv } set v(x) {}
  static { init(); }
  async *gen(a, b = 2, ...c) { yield* other(); await x }
  [computed]() {}
  @dec() m() {}
  constructor() { super(a); super.m(); }
}
export default class extends A {}
export { a as b, default } from "x";
export * as ns from 'y'; export * from 'z';
export { a, d as default };
export const k1 = 1, k2 = 2;
import d1, * as n1 from 'm'; import d2, { e1 as e2, e3 } from "../m"; import "side";
const f = async x => x + 1, g = (a, {b}) => { return a ?? b }, h = function* () {}, i = function named() {};
tag`a${b}c\n`; `pre${a}${b} post`;
a?.b?.[c]?.(d); new Foo; new a.B(1, ...c); import('dyn').then(m => m); new.target; import.meta.url;
outer: for (var i = 0, j = 1; i < 10; i++, j--) { if (a) continue outer; else if (b) break; else c() }
for (const k in o) ; for await (const v of w) f(v); for (x of y) {}
do { x-- } while (x); while(1);
switch (z) { case 1: case 2: f(); break; default: g() ; case 3: { return } }
try { a() } catch ({message}) { b() } finally { c() }
try { a() } catch { }
throw new Error("x"); debugger; with (o) { p }
delete a.b; void 0; typeof x === 'undefined'; a instanceof B; 'k' in o; !a; -b; ~c; a ||= b; a **= 2; undefined; null;
x = a, b; y = a ? b : c;
var el = <div className="a\b" {...props} onClick={() => f()} disabled>text {x} <b/> &nbsp; <></>{/* c */}</div>;
o = { a, b: 1, 'c': 2, [d]: 3, e() {}, get f() {}, async *g() {}, ...h, 5: 6 };
