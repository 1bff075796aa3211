// ---- What an image's code does to the network ---------------------------------------------------

const product = (matrix, row, columns, vector) => {
  let sum = 0;
  for (let i = 0, at = row * columns; i < columns; ++i, ++at) sum += matrix[at] * vector[i];
  return sum;
};

/// The effect of a code: for each sine layer {shift, gain}, where gain is null or the factors
/// 1 + S z of the layer's product, and the image's palette (null without one).
export function condition({ config, parameters }, code) {
  const { width, latent } = config, layers = [];
  for (let l = 0; l <= config.hidden_layers; ++l) {
    const name = l === 0 ? "first" : `hidden.${l - 1}`;
    const shift = Float32Array.from(parameters[`${name}.bias`]);
    const modulation = parameters[`${name}.modulation`], gains = parameters[`${name}.gain`];
    for (let j = 0; j < width; ++j) {
      if (modulation) shift[j] += product(modulation, j, latent, code.latent);
      if (code.shifts) shift[j] += code.shifts[l * width + j];
    }
    const gain = gains
      ? Float32Array.from({ length: width }, (_, j) => 1 + product(gains, j, latent, code.latent))
      : null;
    layers.push({ shift, gain });
  }
  return { layers, palette: paletteOf({ config, parameters }, code) };
}

function paletteOf({ config, parameters }, code) {
  if (config.head === "rgb" || config.palette === "free") return code.palette;
  const weight = parameters["palette.weight"];
  return parameters["palette.bias"].map(
    (bias, k) => bias + product(weight, k, config.latent, code.latent));
}
