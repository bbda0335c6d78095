a
foo
foo.bar
foo.bar 1, a: 2, :b => 3
foo(*x, **y) do |z|
  z
end
File.open(p) { |f| f.read }
A::B.c!
x = "a#{b}c" 'it\'s' "\n"
`ls #{d}`
/a#{e}\d/i
/plain/
[:a, :"b c", %w(d e)]
params[:a][1, 2]
x ||= 2
a, b = 1, 2
@x = A_B
!a && -b or c ** 2
x = y ? 1 : nil
if a then b elsif c then d else e end
f unless g
unless h
  i
end
while a do b end
c until d
for x in y do z end
next
case x
when 1, 2 then a
else b
end
begin
  a
rescue E, F => e
  b
else
  c
ensure
  d
end
def f(a, b = 1, *c, d: 2, **e, &g)
  return a, b
rescue X
  nil
end
def self.h = 1
class A < B::C
  attr_accessible :x
end
module M; end
x = <<~S
  hi #{y}
S
