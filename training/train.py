"""Trains the context classifier and writes the model file.

Usage: train.py --creddata DUMP LABELS --made-up DUMP LABELS --ordinary DUMP DEPTH [--ordinary …] [--write]

Word weights are a logistic regression; their sum, out of fold, is a feature of the boosted trees. Every figure printed
is out of fold, folds being groups of repositories. `--write` then fits on everything and writes the model.
"""

import argparse
import collections

import lightgbm
import numpy
import scipy.sparse
import sklearn.isotonic
import sklearn.linear_model

import data
import model_file

FOLDS = 8
UNIT = 10_000
TREES = dict(
    objective="binary", num_leaves=12, learning_rate=0.1, min_data_in_leaf=25, min_sum_hessian_in_leaf=2.0,
    feature_fraction=0.5, bagging_fraction=0.8, bagging_freq=1, lambda_l2=5.0, max_bin=127, verbose=-1, seed=7,
    deterministic=True, num_threads=1, force_row_wise=True,
)
ROUNDS = 100


def word_matrix(words):
    rows = numpy.repeat(numpy.arange(len(words)), [len(w) for w in words])
    columns = numpy.concatenate([numpy.array(w, dtype=numpy.int64) for w in words])
    ones = numpy.ones(len(columns), dtype=numpy.float64)
    return scipy.sparse.csr_matrix((ones, (rows, columns)), shape=(len(words), model_file.BUCKETS))


def fit_words(matrix, truth, weight, groups):
    """Weights as (scale, signed bytes), without a constant: the trees find that."""
    kept = spread(matrix, groups)
    model = sklearn.linear_model.LogisticRegression(C=0.15, solver="lbfgs", tol=1e-3, max_iter=80)
    model.fit(matrix @ scipy.sparse.diags(kept), truth, sample_weight=weight)
    exact = model.coef_[0] * kept * UNIT
    scale = max(1, int(numpy.ceil(numpy.abs(exact).max() / 127)))
    return scale, numpy.round(exact / scale).astype(numpy.int8)


def spread(matrix, groups):
    """1 for a word seen in at least three groups, 0 for the rest, which tell only one repository from another."""
    codes = numpy.unique(groups, return_inverse=True)[1]
    rows, columns = matrix.nonzero()
    pairs = numpy.unique(columns.astype(numpy.int64) * (codes.max() + 1) + codes[rows])
    seen = numpy.bincount(pairs // (codes.max() + 1), minlength=matrix.shape[1])
    return (seen >= 3).astype(numpy.float64)


def word_sums(matrix, words):
    scale, weights = words
    return (matrix @ weights.astype(numpy.float64) * scale).astype(numpy.int64)


def nested_sums(matrix, truth, weight, groups, folds):
    """Word sums for training the trees, each row's from the rows of other folds."""
    sums = numpy.zeros(len(truth), dtype=numpy.int64)
    for fold in numpy.unique(folds):
        out = folds == fold
        sums[out] = word_sums(matrix[out], fit_words(matrix[~out], truth[~out], weight[~out], groups[~out]))
    return sums


def fit_trees(dense, sums, truth, weight):
    table = numpy.column_stack([dense, sums]).astype(numpy.float64)
    return lightgbm.train(TREES, lightgbm.Dataset(table, truth, weight=weight), ROUNDS)


def predict(booster, dense, sums):
    table = numpy.column_stack([dense, sums]).astype(numpy.float64)
    return booster.predict(table, raw_score=True) * UNIT


def out_of_fold(dense, matrix, truth, weight, groups):
    folds = data.folds(groups, FOLDS)
    logits = numpy.zeros(len(truth))
    for fold in range(FOLDS):
        out = folds == fold
        kept = ~out
        inner = data.folds(groups[kept], 3)
        sums = nested_sums(matrix[kept], truth[kept], weight[kept], groups[kept], inner)
        booster = fit_trees(dense[kept], sums, truth[kept], weight[kept])
        words = fit_words(matrix[kept], truth[kept], weight[kept], groups[kept])
        logits[out] = predict(booster, dense[out], word_sums(matrix[out], words))
    return logits


def tree_text(node, out):
    if "leaf_value" in node:
        out.append(str(round(node["leaf_value"] * UNIT)))
        return
    assert node["decision_type"] == "<="
    out.append(f"f{node['split_feature']},{int(numpy.floor(node['threshold']))}")
    tree_text(node["left_child"], out)
    tree_text(node["right_child"], out)


def trees_text(booster):
    texts = []
    for tree in booster.dump_model()["tree_info"]:
        out = []
        tree_text(tree["tree_structure"], out)
        texts.append(" ".join(out))
    return texts


def curve(logits, truth, weight):
    """Rising knots from logits to probabilities, from predictions out of fold."""
    knots = numpy.linspace(-60_000, 60_000, 25).astype(int)
    fitted = sklearn.isotonic.IsotonicRegression(y_min=0.001, y_max=0.999, out_of_bounds="clip")
    fitted.fit(logits, truth, sample_weight=weight)
    values = numpy.maximum.accumulate(numpy.round(fitted.predict(knots), 4))
    return " ".join(f"{x}:{y}" for x, y in zip(knots, values))


def line_scores(rows, logits, labels):
    """Best logit on each labelled line, and the lines' truths; T over F, X left out."""
    best = collections.defaultdict(lambda: -10**9)
    for place, logit, source in zip(rows.place, logits, rows.source):
        if source == "creddata":
            best[place] = max(best[place], logit)
    truth = {}
    for one in data.lines(labels):
        key = one["path"], one["line_start"]
        if truth.get(key) != "T" and (one["label"] == "T" or truth.get(key) != "F"):
            truth[key] = one["label"]
    kept = [key for key in truth if truth[key] != "X"]
    return numpy.array([best[key] for key in kept]), numpy.array([truth[key] == "T" for key in kept]), kept


def sweep(scores, truth, total):
    """(threshold, precision, recall, F1) from the strictest threshold down."""
    order = numpy.argsort(-scores)
    hits = numpy.cumsum(truth[order])
    count = numpy.arange(1, len(order) + 1)
    usable = scores[order] > -10**8
    precision, recall = hits / count, hits / total
    f1 = 2 * hits / (count + total)
    return [row for row, use in zip(zip(scores[order], precision, recall, f1), usable) if use]


def report(name, table, floor=0.95):
    best = max(table, key=lambda row: row[3])
    sure = max((row for row in table if row[1] >= floor), key=lambda row: row[2], default=None)
    print(f"{name}: best F1 {best[3]:.3f} (precision {best[1]:.3f}, recall {best[2]:.3f}, logit {best[0]:.0f})")
    if sure:
        print(f"  precision >= {floor}: recall {sure[2]:.3f} from logit {sure[0]:.0f}")
    return best, sure


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--creddata", nargs=2, required=True)
    parser.add_argument("--made-up", nargs=2, required=True)
    parser.add_argument("--ordinary", nargs=2, action="append", default=[])
    parser.add_argument("--report", type=int, help="logit from which to report; default: the best F1")
    parser.add_argument("--sure", type=int, help="logit from which to be sure; default: precision 0.95")
    parser.add_argument("--keep", help="file for the predictions out of fold")
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


def load(args):
    rows = data.Rows()
    data.creddata(rows, *args.creddata)
    data.made_up(rows, *args.made_up)
    for dump, depth in args.ordinary:
        data.ordinary(rows, dump, int(depth))
    return rows


def main():
    args = arguments()
    rows = load(args)
    dense, truth, weight, groups, source = rows.arrays()
    matrix = word_matrix(rows.words)
    for name in numpy.unique(source):
        print(f"{name}: {truth[source == name].sum()} positive, {(1 - truth[source == name]).sum()} negative")
    logits = out_of_fold(dense, matrix, truth, weight, groups)
    scores, gold, _ = line_scores(rows, logits, args.creddata[1])
    reachable = int((gold & (scores > -10**8)).sum())
    print(f"credential lines: {gold.sum()}, of which {reachable} have an assignment")
    report("all credential lines", sweep(scores, gold, int(gold.sum())))
    best, sure = report("lines with an assignment", sweep(scores, gold, reachable))
    for name in ("made-up", "ordinary"):
        part = source == name
        for at in (best[0], sure[0] if sure else 0):
            fired = (logits >= at) & part
            print(f"  {name} at {at:.0f}: {truth[fired].sum()} right, {(1 - truth[fired]).sum()} wrong of {part.sum()}")
    if args.keep:
        numpy.savez(args.keep, logits=logits, truth=truth, source=source)
    if args.write:
        write(args, (dense, matrix, truth, weight, groups), logits, best, sure)


def write(args, arrays, logits, best, sure):
    dense, matrix, truth, weight, groups = arrays
    sums = nested_sums(matrix, truth, weight, groups, data.folds(groups, FOLDS))
    booster = fit_trees(dense, sums, truth, weight)
    scale, words = fit_words(matrix, truth, weight, groups)
    parts = model_file.read()
    parts["words"] = f"{scale} {words.tobytes().hex()}"
    parts["tree"] = trees_text(booster)
    parts["curve"] = curve(logits, truth, weight)
    parts["report"] = str(args.report if args.report is not None else round(best[0]))
    parts["sure"] = str(args.sure if args.sure is not None else round(sure[0] if sure else 60_000))
    model_file.write(parts)
    for name, gain in sorted(zip(range(dense.shape[1] + 1), booster.feature_importance("gain")), key=lambda x: -x[1])[:20]:
        print(f"  feature {name}: {gain:.0f}")


if __name__ == "__main__":
    main()
