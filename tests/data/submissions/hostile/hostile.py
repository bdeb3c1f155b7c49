"""What strangers' code may do. Tests choose a class; each must end as a clean result, and only Honest is honest."""

import os
import sys
import threading
import time


class Honest:
    def fit(self, train, spec):
        self.labels = spec["labels"]

    def predict(self, data):
        return [self.labels[0]] * len(data)


class PrintsToStdout(Honest):
    def fit(self, train, spec):
        super().fit(train, spec)
        print("a print that is no result")
        os.write(1, b'{"done": true}\n')
        os.system("echo a child that writes to stdout")


class EndsWithoutAWord(Honest):
    def __init__(self):
        os._exit(7)


class EndsWell(Honest):
    def __init__(self):
        os._exit(0)


class CallsExit(Honest):
    def __init__(self):
        sys.exit("enough")


class Crashes(Honest):
    def __init__(self):
        import ctypes

        ctypes.string_at(0)


class NeverEnds(Honest):
    def __init__(self):
        while True:
            time.sleep(0.01)


class LeavesThreads(Honest):
    def fit(self, train, spec):
        super().fit(train, spec)
        threading.Thread(target=time.sleep, args=(600,)).start()


class EatsMemory(Honest):
    def __init__(self):
        self.food = []
        while True:
            self.food.append(b"x" * 5_000_000)
            time.sleep(0.001)


class FillsTheDisk(Honest):
    def __init__(self):
        with open(os.path.join(os.environ["TMPDIR"], "heap"), "wb") as file:
            while True:
                file.write(bytes(1_000_000))
                file.flush()
                time.sleep(0.01)


class LeavesGrandchildren(Honest):
    """One that stays in the session, and one that leaves session, group and parent."""

    def __init__(self):
        if (child := os.fork()) == 0:
            time.sleep(600)
        print("grandchild", child, file=sys.stderr, flush=True)
        if os.fork() == 0:
            os.setsid()
            if (pid := os.fork()) == 0:
                time.sleep(600)
            print("grandchild", pid, file=sys.stderr, flush=True)
            os._exit(0)
        os.wait()
        self.end()

    def end(self):
        sys.exit("while they sleep")


class LongMessage(Honest):
    def __init__(self):
        raise ValueError("x" * 1_000_000)


class MessageThatRaises(Honest):
    def __init__(self):
        class Odd(Exception):
            def __str__(self):
                raise RuntimeError("no message")

        raise Odd


class CannotBeStored(Honest):
    def fit(self, train, spec):
        super().fit(train, spec)
        self.lock = threading.Lock()


class OneTooFew(Honest):
    def predict(self, data):
        return super().predict(data)[1:]


class OneTooMany(Honest):
    def predict(self, data):
        return [*super().predict(data), self.labels[0]]


class NoSequence(Honest):
    def predict(self, data):
        return self.labels[0]


class ForeignLabels(Honest):
    def predict(self, data):
        return ["dragon fruit", *super().predict(data)[1:]]


class OnlyForeignLabels(Honest):
    def predict(self, data):
        return range(len(data))


class NoLabels(Honest):
    def predict(self, data):
        return [None] * len(data)


class HugeLabel(Honest):
    def predict(self, data):
        return ["y" * 5_000_000, *super().predict(data)[1:]]


class Probabilities(Honest):
    """Even probabilities, of which subclasses spoil one row."""

    def fit(self, train, spec):
        super().fit(train, spec)
        self.classes_ = spec["labels"]

    def predict_proba(self, data):
        rows = [[1 / len(self.classes_)] * len(self.classes_) for _ in range(len(data))]
        rows[0] = self.spoilt(rows[0])
        return rows

    def spoilt(self, row):
        return row


class NanProbabilities(Probabilities):
    def spoilt(self, row):
        return [float("nan"), *row[1:]]


class InfiniteProbabilities(Probabilities):
    def spoilt(self, row):
        return [float("inf"), *row[1:]]


class ProbabilitiesOffOne(Probabilities):
    def spoilt(self, row):
        return [0.0, *row[1:]]


class LogitsAsProbabilities(Probabilities):
    def predict_proba(self, data):
        return [[-2.5 + row, 3.0, 0.5] for row in range(len(data))]


class RaggedProbabilities(Probabilities):
    def spoilt(self, row):
        return row[1:]


class TooFewColumns(Probabilities):
    def predict_proba(self, data):
        return [[0.5, 0.5]] * len(data)


class ProbabilitiesWithoutClasses(Probabilities):
    def fit(self, train, spec):
        super().fit(train, spec)
        self.columns = self.classes_
        del self.classes_

    def predict_proba(self, data):
        return [[1 / len(self.columns)] * len(self.columns)] * len(data)


class ReadsTheEnvironment(Honest):
    def __init__(self):
        print("variables:", sorted(os.environ), sorted(os.environ.values()), file=sys.stderr)
        raise KeyError("that is all")


class LooksForLabels(Honest):
    """Looks beside its own job folder when it predicts."""

    def predict(self, data):
        box = os.path.dirname(os.path.realpath(sys.argv[1]))
        print("beside:", sorted(os.listdir(box)))
        return super().predict(data)


class WritesToTheStream(Honest):
    """Finds the stream of results among the open descriptors."""

    def __init__(self):
        for descriptor in range(3, 20):
            try:
                os.write(descriptor, b"no json\n")
            except OSError:
                continue
        time.sleep(600)


class ForgesARecord(Honest):
    """Promises a result of a thousand million rows."""

    def __init__(self):
        header = b'{"split": "test", "rows": 1000000000, "kind": "labels", "labels": ["apple"]}\n'
        for descriptor in range(3, 20):
            try:
                os.write(descriptor, header)
            except OSError:
                continue
        time.sleep(600)


class WritesToTheJobFolder(Honest):
    def fit(self, train, spec):
        super().fit(train, spec)
        for parent, _, names in os.walk(sys.argv[1]):
            for name in names:
                try:
                    with open(os.path.join(parent, name), "w") as file:
                        file.write("spoilt")
                    print("wrote to", name, file=sys.stderr)
                except PermissionError:
                    print("may not write to", name, file=sys.stderr)


class LocksItsFolders(Honest):
    """Takes from everybody the right to empty its folders."""

    def fit(self, train, spec):
        super().fit(train, spec)
        folder = os.path.join(os.environ["TMPDIR"], "locked")
        os.mkdir(folder)
        with open(os.path.join(folder, "file"), "w") as file:
            file.write("here")
        os.symlink("/", os.path.join(folder, "root"))
        os.chmod(folder, 0o000)
