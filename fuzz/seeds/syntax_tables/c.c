f
#include <stdio.h>
#include "a.h"
#define X 1
#ifdef X
int a;
#else
int b;
#endif
static const char *a = "b\n", c[3], **d;
struct s { int x; } e;
unsigned long f;
int main(int argc, char **argv) { return 0; }
void g(void);
void f() { a->b = (*c).d; e[0].g(&h); }
void f() { x = !a && ~b | c << 2; i++; --j; k += sizeof(int); y = z ? 1 : 2; (char *) w; }
char *a = "b" "c"; char d = '\0';
void f() { if (a) b(); else if (c) { } for (int i = 0; i < 3; i++) { } while (d) e(); do { } while (g); }
void f() { switch (x) { case 1: a(); break; default: b(); } goto fail; fail: return; }
int a[] = {1, 2}; struct s b = {.x = 1}; struct s *c = &(struct s){3};
typedef struct { int a; } T;
enum E { A = 1, B };
