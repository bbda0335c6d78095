g
namespace a { using namespace std; using b::c; int d = e::f(1); }
template <typename T> class A : public B<T> {
public:
  A(int x) : y(x) { }
  virtual void f() const = 0;
  static int z;
};
void f() { auto a = new B(1); delete a; try { throw E(); } catch (const X &e) { g(); } catch (...) { } }
void f() { auto g = [&](int x) { return x; }; for (const auto &h : i) { j(h); } if (k) { this->l(); } }
auto a = R"(b"c)"; auto d = u8"e"; auto f = nullptr;
