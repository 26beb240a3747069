package io.fdiff.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;

/** The parts of vision transformers in PyTorch. */
abstract class PeerTransformer extends Peer {

  private final int width;
  private final int heads;

  PeerTransformer(int width, int heads) {
    this.width = width;
    this.heads = heads;
  }

  /** Parameters of {@code x + Attn(LN x)}, {@code x + MLP(LN x)}. */
  final void block(String name) {
    norm(name + ".norm1", width);
    parameter(name + ".qkv", 0.02, 3L * width, width);
    linear(name + ".out", width, width);
    norm(name + ".norm2", width);
    linear(name + ".mlp1", width, 4 * width);
    linear(name + ".mlp2", 4 * width, width);
  }

  /** {@code [batch, tokens, width]}. */
  final NDArray block(NDArray x, String name) {
    NDArray attended = x.add(attention(norm(x, name + ".norm1"), name));
    NDArray hidden = gelu(linear(norm(attended, name + ".norm2"), name + ".mlp1"));
    return attended.add(linear(hidden, name + ".mlp2"));
  }

  private NDArray attention(NDArray x, String name) {
    long batch = x.getShape().get(0);
    long tokens = x.getShape().get(1);
    int size = width / heads;
    NDArray qkv =
        x.matMul(get(name + ".qkv").transpose())
            .reshape(batch, tokens, 3, heads, size)
            .transpose(2, 0, 3, 1, 4);
    NDArray scores = qkv.get(0).matMul(qkv.get(1).transpose(0, 1, 3, 2)).mul(1 / Math.sqrt(size));
    NDArray mixed =
        scores.softmax(-1).matMul(qkv.get(2)).transpose(0, 2, 1, 3).reshape(batch, tokens, width);
    return linear(mixed, name + ".out");
  }

  /** {@code [batch, 1, side, side]} to {@code [batch, tokens, patch²]}. */
  static NDArray patches(NDArray image, int side, int patch) {
    long batch = image.getShape().get(0);
    int count = side / patch;
    return image
        .reshape(batch, count, patch, count, patch)
        .transpose(0, 1, 3, 2, 4)
        .reshape(batch, (long) count * count, (long) patch * patch);
  }

  /** The inverse of {@link #patches}. */
  static NDArray image(NDArray patches, int side, int patch) {
    long batch = patches.getShape().get(0);
    int count = side / patch;
    return patches
        .reshape(batch, count, count, patch, patch)
        .transpose(0, 1, 3, 2, 4)
        .reshape(batch, 1, side, side);
  }

  /** Puts a token before the others. */
  static NDArray prepend(NDArray token, NDArray tokens) {
    return NDArrays.concat(new NDList(token.expandDims(1), tokens), 1);
  }
}
