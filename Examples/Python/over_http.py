"""The same scene over HTTP, for UM-Bridge and for Tesseract clients.

backsolve serve Scenes/Structures/mbb-beam.yaml --set 'domain.grid.cells=[24, 8]' --port 4242
"""

import sys

import numpy as np
import umbridge
from tesseract_core import Tesseract

url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:4242"
model = umbridge.HTTPModel(url, "mbb-beam")
(size,) = model.get_input_sizes()
x = np.full(size, 0.5)
(compliance,), (volume,) = model([x.tolist()])
gradient = np.array(model.gradient(0, 0, [x.tolist()], [1.0]))
print(f"UM-Bridge: compliance {compliance:.6f}, volume {volume:.3f}, |gradient| {np.linalg.norm(gradient):.6f}")
tesseract = Tesseract.from_url(url)
result = tesseract.apply({"density": x})
jacobian = tesseract.jacobian({"density": x}, ["density"], ["compliance"])
norm = np.linalg.norm(jacobian["compliance"]["density"])
print(f"Tesseract: compliance {float(result['compliance']):.6f}, |gradient| {norm:.6f}")
