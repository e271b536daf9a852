"""goals.py - the goals of the log archive (I1 to D1) as a table: each with its figure, its peer of the same run, the ratio,
and whether it is met. A goal that a run does not measure still has its line, with the command that does."""
import json

# In order; and what shows a goal that no figure here stands for.
WHERE = {
    "I1": "./dev bench intake", "I2": "./dev bench intake", "I3": "./dev bench intake", "I4": "./dev bench intake",
    "I5": "./dev bench intake", "C1": "./dev bench archive", "C2": "./dev bench archive", "C3": "./dev bench archive",
    "C4": "./dev bench archive", "S1": "./dev bench archive", "S2": "./dev bench archive", "S3": "./dev bench archive",
    "S4": "./dev bench archive",
    "V1": "khien log media check reads a month again, but only a build for tests makes an old month",
    "V2": "./dev bench archive", "V3": "./dev bench archive",
    "R1": "./dev bench crash: 5,000 kills, 100,000 disks at each power cut",
    "R2": "./dev bench intake",
    "R3": "from outside, what was read from a socket is not told from what the kernel still held",
    "M1": "./dev bench intake",
    "D1": "./dev test unit flow: test_quota.py, test_disk_trouble.py",
}
NAMES = {
    "I1": "accept over TCP", "I2": "everything, all processes", "I3": "acknowledged means durable", "I4": "UDP",
    "I5": "TLS", "C1": "syslog", "C2": "Linux.log", "C3": "Windows events", "C4": "Zeek", "S1": "absent, rare word",
    "S2": "frequent word", "S3": "regex", "S4": "first hit, index", "V1": "six-monthly check", "V2": "deep check",
    "V3": "proof of a line", "R1": "kills and power cuts", "R2": "ready again", "R3": "loss at a kill, plain TCP",
    "M1": "memory", "D1": "the quota",
}


def plain(figure):
    if isinstance(figure, str):
        return figure
    return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:.1f}" if abs(figure) >= 10 else f"{figure:.2f}"


class Goals:
    """What was found. Bounds are pairs: ("<=", 0.5). OF: what less than the goal tells of a figure is of; it then neither
    meets the goal nor misses it."""

    def __init__(self):
        self.found = []

    def figure(self, goal, what, figure, bound, of=""):
        """One that stands by itself."""
        self.found.append({"goal": goal, "what": what, "figure": figure, "peer": "", "ratio": None, "bound": bound, "of": of})

    def beside(self, goal, what, figure, peer, bound, of="", is_quicker=False):
        """FIGURE beside PEER, (its name, its figure): the ratio is bounded, how many times quicker where IS_QUICKER."""
        name, other = peer
        ratio = float("inf") if not (figure if is_quicker else other) else other / figure if is_quicker else figure / other
        self.found.append({"goal": goal, "what": what, "figure": figure, "peer": f"{name} {plain(other)}", "ratio": ratio,
                           "bound": bound, "of": of})

    def absent(self, goal, what, why):
        """A part of a goal that this run could not measure."""
        self.found.append({"goal": goal, "what": what, "figure": None, "peer": why, "ratio": None, "bound": None, "of": ""})

    def save(self, path):
        with open(path, "w", encoding="utf-8") as out:
            json.dump(self.found, out)

    def take(self, path):
        with open(path, encoding="utf-8") as file:
            self.found += json.load(file)

    def table(self, wanted=tuple(WHERE)):
        """All of them, in order."""
        rows, met, missed, less, open_ = [["goal", "", "Khiên", "peer, same run", "ratio", "bound", ""]], [], [], [], []
        for goal in wanted:
            mine = [one for one in self.found if one["goal"] == goal]
            verdicts = []
            for one in mine:
                verdicts.append(verdict(one))
                told = f"not measured: {one['peer']}" if one["bound"] is None else verdicts[-1]
                rows.append([f"{goal}", f"{NAMES[goal]}: {one['what']}", "-" if one["figure"] is None else plain(one["figure"]),
                             one["peer"] if one["bound"] else "", "" if one["ratio"] is None else plain(one["ratio"]) + "x",
                             "" if one["bound"] is None else
                             f"{one['bound'][0]} {plain(one['bound'][1])}{'' if one['ratio'] is None else 'x'}", told])
            if not mine:
                rows.append([goal, NAMES[goal], "-", "", "", "", f"not measured here: {WHERE[goal]}"])
            known = [one for one in verdicts if one in ("met", "MISSED")]
            (missed if "MISSED" in known else met if known else less if any(one["of"] for one in mine) else open_).append(goal)
        show(rows)
        print(f"goals met: {', '.join(met) or 'none'}; missed: {', '.join(missed) or 'none'}; of less than "
              f"they tell of: {', '.join(less) or 'none'}; not measured in this run: "
              f"{', '.join(open_) or 'none'}")


def verdict(one):
    if one["bound"] is None:
        return "not measured"
    figure, (way, bound) = one["figure"] if one["ratio"] is None else one["ratio"], one["bound"]
    found = "met" if (figure <= bound if way == "<=" else figure >= bound) else "MISSED"
    return f"{found} (of {one['of']})" if one["of"] else found


def show(rows):
    """Words to the left, figures to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) if column in (0, 1, 3, 6) else cell.rjust(width)
                        for column, (cell, width) in enumerate(zip(row, widths))).rstrip())
