"""Makes scattered.json and biharmonic.json with SciPy 1.10 and scikit-image 0.19 (Debian's
python3-scipy and python3-skimage): what chorus/inpaint.hpp is tested against."""

import json

import numpy as np
from scipy.interpolate import griddata
from scipy.spatial import ConvexHull, Delaunay
from skimage.restoration import inpaint_biharmonic

random = np.random.default_rng(1)
width, height = 61, 53


def has_one_triangulation(points):
    """No circle through a triangle's corners passes through another point near it."""
    mesh = Delaunay(points)
    for corners, neighbours in zip(points[mesh.simplices], mesh.neighbors):
        lifted = np.c_[2 * corners, np.ones(3)]
        if abs(np.linalg.det(lifted)) < 1e-9:
            return False
        x, y, k = np.linalg.solve(lifted, (corners**2).sum(1))
        squares = ((points - [x, y]) ** 2).sum(1)
        if (np.abs(squares - (k + x * x + y * y)) < 1e-6).sum() != 3:
            return False
    hull = points[ConvexHull(points).vertices]
    edges = np.roll(hull, -1, 0) - hull
    for at, edge in zip(hull, edges):
        away = points - at
        if (np.abs(edge[0] * away[:, 1] - edge[1] * away[:, 0]) < 1e-9).sum() != 2:
            return False
    return True


points = np.array([[0, 1], [60, 0], [58, 52], [2, 50]])
while len(points) < 60:
    point = [random.integers(width), random.integers(height)]
    more = np.vstack([points, point])
    if len(np.unique(more, axis=0)) == len(more) and has_one_triangulation(more):
        points = more
values = random.integers(0, 256, (len(points), 3)) / 255
grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).reshape(-1, 2)
queries = grid[random.choice(len(grid), 300, replace=False)]
expected = {m: griddata(points, values, queries, m) for m in ("linear", "cubic")}
inside = ~np.isnan(expected["linear"]).any(1)
inside &= ~(queries[:, None] == points[None]).all(2).any(1)
with open("scattered.json", "w") as file:
    content = {"width": width, "height": height, "points": points.tolist(),
               "values": values.round(9).tolist(), "queries": queries[inside].tolist()}
    content |= {m: e[inside].round(7).tolist() for m, e in expected.items()}
    json.dump(content, file, separators=(",", ":"))

image = random.integers(0, 256, (13, 17, 3)) / 255
missing = random.random((13, 17)) < 0.3
missing[:4, :5] = True  # a large hole at a corner
missing[6:11, 8:12] = True
filled = inpaint_biharmonic(np.where(missing[..., None], 0, image), missing, channel_axis=-1)
with open("biharmonic.json", "w") as file:
    content = {"width": 17, "height": 13, "image": image.round(9).ravel().tolist(),
               "missing": missing.ravel().astype(int).tolist(),
               "filled": filled.round(8).ravel().tolist()}
    json.dump(content, file, separators=(",", ":"))
