/* Orders of a harbour: a sample with most constructs of the language. */
package org.example.harbour;

import java.util.*;
import java.util.function.Function;
import static java.lang.Math.max;
import static org.example.Limits.*;

@RestController
@RequestMapping(value = "/orders", method = {GET, POST})
public abstract class Service<T extends Comparable<T> & Cloneable> extends Base<T> implements Runnable, java.io.Serializable {
    private static final long LIMIT = 10_000L, MASK = 0xFFL;
    protected int[] sizes[] = {{1, 2}, {3}};
    static { register(Service.class); }
    { sizes[0][1] += 2; }

    enum State implements Named { OPEN(1) { @Override public String label() { return "o"; } }, CLOSED; final int code; State(int... code) { this.code = 0; } }
    record Point(@NotNull int x, double y) implements Named { Point { if (x < 0) throw new IllegalArgumentException("x"); } }
    @interface Audited { String value() default "all"; int[] levels() default {1, 2}; }
    interface Named extends Cloneable { int MAX = 1; default String label() { return null; } void run(); }

    public Service(final String name) throws java.io.IOException { super(name); this.name = name; }
    Service() { this("x"); }

    @Audited(levels = 1) public <R> List<? extends R> find(@RequestParam("id") String id, Map<String, ? super T>... more) throws Exception {
        String text = """
            select "a"\
              from b
            \tend""" + id + 'c' + '\u0041';
        var list = new ArrayList<String>();
        outer:
        for (int i = 0, n = list.size(); i < n && !done; i++, --n) { if (i == 3) continue outer; else if (i > 4) break; else list.remove(i); }
        for (final String each : list) System.out.println(each);
        do { n >>>= 1; } while (n != 0);
        while (true) { break outer; }
        try (Reader in = open(id); other) { in.read(); } catch (IllegalStateException | NullPointerException error) { throw error; } finally { close(); }
        switch (kind) { case 1: case 2: run(); case 3: { return null; } default: stop(); break; }
        int size = switch (shape) { case Circle c when c.r() > 1 -> c.r(); case Point(int x, var y) -> { yield x; } case null -> 0; default -> throw new Error(); };
        if (!(shape instanceof String s) || s.isEmpty()) return list;
        if (shape instanceof Point(int px, double py)) px++;
        synchronized (this) { notifyAll(); }
        Function<String, Integer> length = String::length, same = (String x) -> { return x.length(); };
        BiFunction<A, B, C> both = (a, b) -> a.apply(b), make = ArrayList<C>::new;
        new Thread(new Runnable() { int count; public void run() { Service.this.stop(); Service.super.stop(); } }).start();
        Object made = (Runnable & Cloneable) () -> {}, array = new int[3][], filled = new String[] {"a", "b"};
        assert size > 0 : "size";
        outer.new Inner(1).<String>call(x ? y : z, (List<String>) made, ~a, -b, arr[i]);
        ;
        return size > 1 ? (List<R>) list : null;
    }

    abstract void stop();
}
