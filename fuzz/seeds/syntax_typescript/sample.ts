import type { T1 } from './t'; import fs = require("fs"); import Z = A.B; import { type X, Y } from 'q';
export = foo; export as namespace Lib; export type { T1 };
interface I<T> extends J, K<string> { a: string; readonly b?: number; m(x: T): void; new (x: any): I; (y): z; [k: string]: any }
enum E { A, B = 2, 'c' = A | B } declare const enum F { X }
namespace N.M { export const x = 1 } declare module "foo" { export function f(): void; } declare global { var w: Window }
abstract class C<T> extends D<T> implements I<T>, J {
  constructor(private readonly x: string, public y?: number) { super() }
  private static readonly z: Map<string, T[]> = new Map<string, T[]>();
  abstract foo(): void; declare q: string; opt?: number; def!: string;
  @Input() name: string; @Get(':id') async get(@Param('id') id: string): Promise<void> {}
  over(a: string): void; over(a: any) {}
  [key: string]: any;
}
@Component({selector: 'x'}) export class G {}
function isS(x: unknown): x is string { return typeof x === "string" }
function assert(x: any): asserts x { }
let v = x as string, w = <any>y, u = z satisfies T, t = n!.m, c = [1] as const;
type U<T> = T extends (infer R)[] ? R : keyof T & { [K in keyof T]?: T[K] } | "lit" | 5;
function over(a: string): void; function over(a: number): void; function over(a: any) { }
let fn: (a: string, b?: number) => void; f<string>(x); const g = f<number>;
function thisp(this: Window, ...r: string[]) {}
let tup: [a: string, b?: number, ...c: any[]]; let q: typeof import('x'); let un: unique symbol;
declare function ext(x: number): string; declare let m1: string, m2: number;
