// The LLC of a network of one's own on data of one's own: the data are made here, written
// as NumPy files, and named in a manifest that is made here too.
//
//     llc_of_own_network FOLDER
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <sltrace/sltrace.h>

namespace {

struct Freed {
    void operator()(slt_core *core) const { slt_core_free(core); }
};
using Core = std::unique_ptr<slt_core, Freed>;

// Throws what a call that failed says.
void check(slt_status status, const slt_error &err)
{
    if (status)
        throw std::runtime_error(err.text);
}

std::string write(const std::string &path, const std::vector<double> &values, size_t cols)
{
    slt_error err;
    char sha256[65];
    check(slt_core_write_array(path.c_str(), values.data(), values.size() / cols, cols,
                               sha256, &err),
          err);
    return sha256;
}

// y = (x_0 + x_1) x_2 on a grid, which one hidden layer has to approximate.
std::string manifest_of(const std::string &folder)
{
    std::vector<double> x, y;
    for (int i = 0; i < 48; i++) {
        const double a = i % 4 - 1.5, b = i / 4 % 4 - 1.5, c = i / 16 - 1.0;
        x.insert(x.end(), {a, b, c});
        y.push_back((a + b) * c);
    }
    const std::string of_x = write(folder + "/x.npy", x, 3);
    const std::string of_y = write(folder + "/y.npy", y, 1);
    return "sltrace: 1\nname: own/network\nrun:\n  arithmetic: f64\n  seed: 1\n"
           "  data:\n    kind: file\n    samples: 48\n"
           "    x: {file: x.npy, sha256: " + of_x + ", width: 3}\n"
           "    target: {file: y.npy, sha256: " + of_y + ", width: 1}\n"
           "  model:\n    weights:\n"
           "      W1: {shape: [8, 3], init: {kind: normal, std: 0.5}}\n"
           "      b1: {shape: [8], init: {kind: normal, std: 0.5}}\n"
           "      W2: {shape: [1, 8], init: {kind: normal, std: 0.5}}\n"
           "    ops:\n"
           "      - {op: linear, in: x, weight: W1, bias: b1, out: h}\n"
           "      - {op: tanh, in: h, out: a}\n"
           "      - {op: linear, in: a, weight: W2, out: f}\n"
           "    loss: {op: mse, in: f}\n"
           "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n    steps: 400\n"
           "  llc:\n    - {at: last, lr: 1e-4, localization: 1, num_chains: 3, "
           "num_draws: 60}\n";
}

slt_status tell_chain(void *, const slt_core_chain *chain, slt_error *)
{
    std::printf("chain %zu: %zu draws, the last of loss %.6g\n", chain->chain,
                chain->draws, chain->losses[chain->draws - 1]);
    return SLT_OK;
}

void estimate(const std::string &folder)
{
    slt_error err;
    check(slt_start(nullptr, &err), err);
    const std::string text = manifest_of(folder), path = folder + "/own.yaml";
    check(slt_output_write(path.c_str(), text.data(), text.size(), true, &err), err);
    slt_core_options options = slt_core_defaults();
    options.path = path.c_str();
    slt_core *made;
    check(slt_core_create(text.data(), text.size(), &options, &made, &err), err);
    const Core core(made);
    slt_core_trained end;
    check(slt_core_train(core.get(), UINT64_MAX, &end, &err), err);
    slt_core_page page{};
    page.chain = tell_chain;
    slt_core_estimate found;
    check(slt_core_sample(core.get(), 0, &page, &found, &err), err);
    std::printf("llc %.17g, std %.17g\n", found.mean, found.std);
}

} // namespace

int main(int argc, char **argv)
{
    try {
        if (argc != 2)
            throw std::runtime_error("usage: llc_of_own_network FOLDER");
        estimate(argv[1]);
        return 0;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "llc_of_own_network: %s\n", error.what());
        return 2;
    }
}
