"""Checks the ONNX files of a folder with the checker of ONNX, shapes and types included.
  onnx_check.py FOLDER"""
import pathlib
import sys

import onnx

files = sorted(pathlib.Path(sys.argv[1]).glob("*.onnx"))
for file in files:
    model = onnx.load(str(file))
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    assert [each.name for each in inferred.graph.output] == ["color"], file
print(f"{len(files)} files, all right")
sys.exit(0 if files else 1)
