b
<?php
namespace A\B;
use C\D as E;
use F\{G, H as I};
f($x, ...$y);
$a->b(1)->c;
A::b(2);
A::$d;
A::E;
new \A\B(1);
f(name: 3);
echo "a", 2;
print('b');
include 'c.php';
exit(1);
unset($x);
$x = 'it\'s\n' . "a\n{$b->c} $d e";
`ls $f`;
$y = <<<EOT
hi $z
EOT;
$x = [1, 2]; $y = ['a' => 1, ...$z]; $x['k'];
$a = !$b ?? -$c; $d .= 'e'; $f++; @g(); (int) $h; $i ? 1 : 2;
if ($a) { b(); } elseif ($c) d(); else { e(); }
foreach ($a as $k => $v) { b(); }
for ($i = 0; $i < 3; $i++) c();
while (true) break;
do { d(); } while (null);
switch ($a) { case 1: b(); break; default: c(); }
$x = match ($y) { 1, 2 => 'a', default => 'b' };
try { a(); } catch (E | F $e) { b(); } finally { c(); }
throw new E();
#[Attr(1)]
function f(int &$x = 3, ?A ...$y): ?int { return -1; }
$g = function ($z) use ($w) { return $z; };
$h = fn($v) => $v;
abstract class A extends B implements C {
  private static ?int $x = 1, $y;
  const K = 2;
  public function f() { global $g; }
}
