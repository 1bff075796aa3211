#include "matrices.hpp"

#include "model_file.hpp"
#include "storage.hpp"

namespace chorus {

std::map<std::string, StoredMatrix> stored_matrices(const Model& model, Storage storage) {
  std::map<std::string, StoredMatrix> matrices;
  const TensorFile file = to_tensor_file(model, storage);
  for (const auto& [name, tensor] : file.tensors) {
    if (is_scale(file, name)) continue;
    const bool whole = is_whole(tensor.type);
    const StoredTensor levels = whole ? levels_of(name, tensor) : tensor;
    matrices[name] = {levels.shape[0], levels.shape[1], whole ? StoredType::i8 : tensor.type,
                      levels.values,
                      whole ? file.tensors.at(scale_of(name)).values : std::vector<float>{}};
  }
  return matrices;
}

}  // namespace chorus
