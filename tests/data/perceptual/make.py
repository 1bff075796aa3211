"""Writes expected.json: values of MS-SSIM, edge errors and exact colours by definition.

In plain Python, without anything that chorus has in common with it: windows are sums over 121 pixels,
edges are found pixel by pixel. Run as `python3 make.py` in this folder. The pictures are made by the
same formulas in test_perceptual.cpp.
"""

import json
import math


def truth(x, y, c):
    """Bars, a disc and a slanted edge, in bytes."""
    if (x - 21) ** 2 + (y - 17) ** 2 < 100:
        return (30, 120, 200)[c]
    if 3 * x + y > 130:
        return (240, 200, 20)[c]
    return (250, 250, 250)[c] if (x // 7) % 2 == 0 else (90, 10, 60)[c]


def changed(x, y, c):
    """The truth with a pattern over it, and a shifted disc."""
    if (x - 22) ** 2 + (y - 17) ** 2 < 100:
        return (30, 121, 200)[c]
    value = truth(x, y, c)
    return max(0, min(255, value + (x * 7 + y * 13 + c * 5) % 23 - 11)) if (x + y) % 40 > 15 else value


def picture(formula, width, height):
    return [[[formula(x, y, c) for c in range(3)] for x in range(width)] for y in range(height)]


def window():
    side = [math.exp(-0.5 * (i / 1.5) ** 2) for i in range(-5, 6)]
    total = sum(side) ** 2
    return [[a * b / total for b in side] for a in side]


def factors(a, b):
    """Means over windows of luminance x contrast x structure, and without luminance."""
    weights = window()
    whole, without, count = 0, 0, 0
    for y in range(len(a) - 10):
        for x in range(len(a[0]) - 10):
            places = [(weights[j][i], a[y + j][x + i], b[y + j][x + i])
                      for j in range(11) for i in range(11)]
            ma = sum(w * p for w, p, q in places)
            mb = sum(w * q for w, p, q in places)
            va = sum(w * (p - ma) ** 2 for w, p, q in places)
            vb = sum(w * (q - mb) ** 2 for w, p, q in places)
            cov = sum(w * (p - ma) * (q - mb) for w, p, q in places)
            cs = (2 * cov + 0.0009) / (va + vb + 0.0009)
            whole += cs * (2 * ma * mb + 0.0001) / (ma * ma + mb * mb + 0.0001)
            without += cs
            count += 1
    return whole / count, without / count


def half(a):
    return [[(a[2 * y][2 * x] + a[2 * y][2 * x + 1] + a[2 * y + 1][2 * x] + a[2 * y + 1][2 * x + 1]) / 4
             for x in range(len(a[0]) // 2)] for y in range(len(a) // 2)]


def ms_ssim(a, b):
    powers = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
    result = 0
    for c in range(3):
        pa, pb = ([[p[c] / 255 for p in row] for row in image] for image in (a, b))
        means = []
        while True:
            means.append(factors(pa, pb))
            if len(means) == 5 or min(len(pa), len(pa[0])) // 2 < 11:
                break
            pa, pb = half(pa), half(pb)
        used = powers[:len(means)]
        terms = [without for _, without in means[:-1]] + [means[-1][0]]
        result += math.prod(max(0, t) ** (p / sum(used)) for t, p in zip(terms, used)) / 3
    return result


def exact(a, b):
    same = [max(abs(p - q) for p, q in zip(pa, pb)) <= 1
            for ra, rb in zip(a, b) for pa, pb in zip(ra, rb)]
    return sum(same) / len(same)


def edges(a, b, reach):
    """Number of edges of b, and the sum of the displacements in a."""
    count, total = 0, 0
    lines = list(zip(a, b)) + [([row[x] for row in a], [row[x] for row in b]) for x in range(len(b[0]))]
    for seen, line in lines:
        like = lambda i, j: max(abs(p - q) for p, q in zip(line[i], line[j])) <= 1
        runs, i = [], 0
        while i < len(line):
            j = i
            while j + 1 < len(line) and like(j + 1, i):
                j += 1
            if j > i:
                runs.append((i, j))
            i = j + 1
        for (s, e), (s2, e2) in zip(runs, runs[1:]):
            if s2 - e - 1 > 2:
                continue
            step = [(p - q) / 255 for p, q in zip(line[s], line[s2])]
            square = sum(d * d for d in step)
            if math.sqrt(square) < 0.1:
                continue
            first = e + 1 - min(reach, (e - s + 1) // 2)
            last = s2 + min(reach, (e2 - s2 + 1) // 2)
            moved = sum((p - q) / 255 * d for k in range(first, last)
                        for p, q, d in zip(seen[k], line[k], step))
            count += 1
            total += min(abs(moved) / square, reach)
    return count, total


result = []
for width, height in ((48, 47), (90, 31), (13, 12)):
    a, b = picture(changed, width, height), picture(truth, width, height)
    count, total = edges(a, b, 4)
    result.append({"width": width, "height": height, "ms_ssim": ms_ssim(a, b), "exact_share": exact(a, b),
                   "edges": count, "edge_sum_px": total})
with open("expected.json", "w", encoding="utf-8") as file:
    json.dump(result, file, indent=1)
    file.write("\n")
