package main
import "fmt"
import (
	h "net/http"
	. "math"
	_ "embed"
)
// doc
const ( A = iota; B; C, D = 1, "x" )
var x, y int = 1, 2
var ( z string; w = []byte("a") )
type S struct { Embedded; *pkg.Other; A, B int `json:"a"`; m map[string]chan int }
type I interface { M(a int) error; fmt.Stringer; ~int | string }
type F func(a, b int) (c string, err error)
type Alias = map[string][]int
type G[T any] struct { v T }
func (s *S) Method(a, b int, rest ...string) (n int, err error) { return s.A, nil }
func noBody(int, string) int
func gen[T any](x T) T { return gen[int](x) }
func main() {
	a, b := f()
	a, b = b, a
	a += 1; a++; ch <- v; v := <-ch
	if x := g(); x > 1 && !y { } else if z { } else { }
	for { break }
	for i := 0; i < 10; i++ { continue outer }
	for cond { }
	for k, v := range m { }
	for k := range m { }
	for range ch { }
	for k, v = range m { }
outer:
	switch y := z; x { case 1, 2: fallthrough; case 3: f(); default: }
	switch t := x.(type) { case int, *S: case nil: default: }
	switch { case a: }
	select { case v, ok := <-ch: f(v); case ch <- 1: case <-done: default: }
	go func(a int) { }(1)
	defer mu.Unlock()
	goto outer
	s := S{A: 1, B: 2}; l := []int{1, 2}; mm := map[string]S{"a": {A: 1}}; pp := &S{}
	l[1:2]; l[:]; l[a:b:c]; l[i]; x.(string); []byte(s); *p; &x; ^x; x &^ y; 'a'; '\n'; `raw\n`; "esc\t\x41é"
	make([]int, n, 1_000); new(S); append(a, b...); 0x1p-2; 1i; nil; true
	fn := func(s string) (int, error) { return 1, nil }
	func() {}()
	var q = gen[string]
	{ inner() }
	const k = 5
end:
}
