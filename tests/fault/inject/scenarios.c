#include "scenarios.h"

#define SMALL "tiny/traces/000000.trace"
#define OTHER "forged/traces/000000.trace"
#define STUDY "out/traces/000001.trace"

const scenario scenarios[] = {
    {WRITTEN, TIMES, "run -j1 --out out study.yaml"},
    {WRITTEN, TIMES, "run -j2 --out out --json study.yaml"},
    {WRITTEN, TIMES, "run -j1 --only rank=1 --root . study.yaml"},
    {WRITTEN, TIMES, "run -j1 --shard 1/2 --out out study.yaml"},
    {WRITTEN, TIMES, "run -j1 --out trials trials.yaml"},
    {WRITTEN, TIMES, "run -j1 --out flow flow.yaml"},
    {WRITTEN, TIMES, "run -j1 --out memorising memorising.yaml"},
    {WRITTEN, TIMES, "run -j1 --out lazy lazy.yaml"},
    {WRITTEN, TIMES, "run -j1 --out files files.yaml"},
    {HALF_RUN, TIMES, "run -j1 --out out study.yaml"},
    {HALF_RUN, TIMES, "run -j2 --out trials trials.yaml"},

    {WRITTEN, 0, "slurm --shards 2 --cpus 2 --time 5 --out out study.yaml"},
    {RUN, TIMES, "status out"},
    {HALF_RUN, TIMES, "status --json --manifest study.yaml out"},
    {RUN, TIMES, "merge all out other"},
    {RUN, TIMES, "merge --json --manifest study.yaml out other"},
    {RECORDED, 0, "merge all tiny forged"},

    {RUN, KEEPS, "record --from out --golden study.golden study.yaml"},
    {RUN, KEEPS, "record --from out --from other --golden study.golden --json "
                 "study.yaml"},
    {RECORDED, 0, "record --from out --golden study.golden --force x study.yaml"},
    {RECORDED, 0, "record --from trials --golden trials.golden --force x trials.yaml"},
    {RECORDED, 0, "record --from flow --golden flow.golden --force x flow.yaml"},

    {RUN, KEEPS, "record --from out --golden study.golden --sign plain.key study.yaml"},
    {RECORDED, 0, "record --from out --golden study.golden --force x --sign plain.key "
                  "study.yaml"},

    {RECORDED, KEEPS, "bundle --out new.tar signed.golden plain.pub"},
    {RECORDED, KEEPS, "bundle --json --root . trials.golden"},

    {RECORDED, 0, "verify -j1 small.golden"},
    {RECORDED, 0, "verify -j1 --public-key plain.pub signed.golden"},
    {RECORDED, 0, "verify -j1 --public-key plain.pub small.golden"},
    {RECORDED, 0, "verify -j1 --json --data . small.golden"},
    {RECORDED, 0, "verify -j1 bundled.tar"},
    {RECORDED, TELLS, "verify -j1 --junit report.xml --sample 2 study.golden"},
    {RECORDED, KEEPS, "verify -j1 --attest found.json small.golden"},
    {RECORDED, KEEPS, "verify -j1 --attest found.json --sign plain.key --sample 2 "
                      "study.golden"},
    {RECORDED, 0, "verify -j1 --attest - small.golden"},
    {RECORDED, 0, "verify -j1 --sample 2 study.golden"},
    {RECORDED, 0, "verify -j1 --sample 2:7 study.golden"},
    {RECORDED, 0, "verify -j1 --only rank=1 --manifest study.yaml study.golden"},
    {RECORDED, 0, "verify -j2 --segments --traces tiny small.golden"},
    {RECORDED, 0, "verify -j1 --traces forged forged.golden"},
    {RECORDED, 0, "verify -j1 --segments --traces forged forged.golden"},
    {RECORDED, 0, "verify -j1 --spot 3:a --traces tiny small.golden"},
    {RECORDED, 0, "verify -j1 --spot 9:a --traces forged forged.golden"},
    {RECORDED, 0, "verify -j2 --root . trials.golden flow.golden"},
    {RECORDED, 0, "verify -j2 --segments --traces trials trials.golden"},

    {RECORDED, 0, "replay -j1 " STUDY},
    {RECORDED, 0, "replay -j1 --from 2 --to 4 --steps - " STUDY},
    {RECORDED, KEEPS, "replay -j1 --write new.trace " STUDY},
    {RECORDED, KEEPS, "replay -j1 --state 3 --npy arrays " STUDY},
    {RECORDED, 0, "replay -j1 --arithmetic f32 --out f32 " STUDY},
    {RECORDED, 0, "replay -j1 --trial 2 trials/traces/000000.trace"},
    {RECORDED, 0, "replay -j1 trials/traces/000000.trace"},
    {RECORDED, 0, "replay -j1 flow/traces/000000.trace"},
    {RECORDED, 0, "replay -j1 " OTHER},
    {RECORDED, 0, "replay -j1 files/traces/000000.trace"},

    {RECORDED, 0, "figure --from out --out figure study.yaml"},
    {RECORDED, 0, "figure --out figure --json study.golden"},
    {RECORDED, 0, "figure --out figure --pdf --png study.golden"},
    {RECORDED, 0, "figure --from trials --out figure trials.yaml"},
    {RECORDED, 0, "figure --from shelf --out figure --json shelf.yaml"},
    {RECORDED, TELLS, "figure --out page goldens"},
    {RECORDED, TELLS, "figure --out page --json --public-key plain.pub goldens"},
    {RECORDED, TELLS, "figure --out page --verify-in-page pages"},
    {RECORDED, TELLS, "figure --out page --verify-in-page study.golden"},

    {RECORDED, 0, "audit -j1 " STUDY " other/traces/000001.trace"},
    {RECORDED, 0, "audit -j1 --json " SMALL " " OTHER},
    {RECORDED, 0, "audit -j1 --steps here.steps,here.steps " SMALL " " OTHER},
    {RECORDED, 0, "audit -j1 --program ../sltrace " SMALL " " OTHER},
    {RECORDED, KEEPS, "audit -j1 --attest found.json " SMALL " " OTHER},
    {RECORDED, KEEPS, "audit -j1 --attest found.json --sign plain.key " SMALL " " OTHER},
    {RECORDED, 0, "audit -j1 --attest - " STUDY " other/traces/000001.trace"},
    {RECORDED, 0,
     "audit -j1 --provenance tiny/provenance/000000.json,forged/provenance/000000.json "
     SMALL " " OTHER},
    {RECORDED, KEEPS | PARTS, "audit -j1 --against fixed --keep kept small.yaml"},
    {RECORDED, 0, "audit -j1 --against f32,isa:scalar --only 0 --golden small.golden "
                  "--json small.yaml"},
    {RECORDED, KEEPS, "audit -j1 --against f32 --attest found.json small.yaml"},
    {RECORDED, 0, "audit --estimates estimates.csv --from out study.golden"},
    {RECORDED, 0, "audit --estimates study.golden --result llc/mean --over seed --json "
                  "study.golden"},
    {RECORDED, 0, "audit --estimates other --only 0-2 study.golden"},

    {RECORDED, 0, "export --csv - " STUDY},
    {RECORDED, 0, "export --force --csv all.csv " STUDY " out/traces/000002.trace"},
    {RECORDED, KEEPS, "export --npy arrays " STUDY},
    {RECORDED, KEEPS, "export --safetensors saved " STUDY},
    {RECORDED, 0, "export --force --npy arrays --inputs 2 --chain 1 " STUDY},
    {RECORDED, 0, "export --csv - trials/traces/000000.trace"},
    {RECORDED, 0, "export --draws - --from out study.yaml"},
    {RECORDED, 0, "export --force --draws draws.csv --from out study.yaml"},
    {RECORDED, 0, "export --force --sqlite study.db --from out study.yaml"},
    {RECORDED, 0, "export --force --netcdf study.nc --from out study.yaml"},

    {RECORDED, 0, "show " STUDY},
    {RECORDED, 0, "show --json " STUDY},
    {RECORDED, 0, "show trials/traces/000000.trace"},
    {RECORDED, 0, "show flow/traces/000000.trace"},
    {RECORDED, TIMES, "show study.golden"},
    {RECORDED, TIMES, "show --json study.golden"},
    {RECORDED, TIMES, "show study.yaml"},
    {WRITTEN, TIMES, "show files.yaml"},
    {RECORDED, TIMES, "show --json trials.yaml"},
    {WRITTEN, TIMES, "show --shards 3 study.yaml"},

    {RECORDED, 0, "summary out"},
    {RECORDED, 0, "summary --json study.golden"},
    {RECORDED, 0, "summary --allow-outside " STUDY},

    {RECORDED, 0, "diagnose " STUDY},
    {RECORDED, 0, "diagnose -j1 --stein --json " STUDY " " SMALL},
    {RECORDED, 0, "diagnose --out figure " STUDY},

    {RECORDED, 0, "influence " SMALL},
    {RECORDED, 0, "influence --estimate 1 --of all --json " SMALL},
    {RECORDED, 0, "influence --csv --of 0 " SMALL " " OTHER},
    {RECORDED, 0, "influence -j2 --of all " SMALL},
    {RECORDED, 0, "influence --of all --out figure --npy arrays " SMALL},
    {RECORDED, 0, "influence --netcdf influence.nc " SMALL},
    {RECORDED, 0, "influence --of metrics " SMALL},

    {RECORDED, 0, "predict " SMALL},
    {RECORDED, 0, "predict --estimate 1 --step 4 --probes 2 --lanczos 3 --json " SMALL},
    {RECORDED, 0, "predict --exact " SMALL},

    {WRITTEN, TIMES, "calibrate -j1 --lr 1e-3:1e-2:2 --out grid small.yaml"},
    {WRITTEN, TIMES,
     "calibrate -j2 --only 1 --llc 1 --lr 1e-3 --nbeta 1:5:2 --localization 1:2:2 "
     "--sampler mala --set num_draws=9 --json --out grid study.yaml"},

    {RECORDED, 0, "rank -j1 --at init --only 0 study.yaml"},
    {RECORDED, 0, "rank -j1 --at 4 --json " STUDY},
    {RECORDED, 0, "rank -j1 --at last --from out --modulo study.yaml"},
    {RECORDED, 0, "rank -j1 --at init --prime 4294967311 small.yaml"},

    {WRITTEN, 0, "theory rrr --in 5 --hidden 3 --out 5 --rank 2 -m"},
    {WRITTEN, 0, "theory rrr --in 5 --hidden 3 --out 5 --rank 2 --json"},
    {WRITTEN, 0, "theory dln --widths 5,5,5,5 --rank 2 --multiplicity --json"},
    {WRITTEN, 0, "theory crossing --k 1,1 --h 0,1 --multiplicity --json"},
    {WRITTEN, 0, "theory quadratic --p 5 --width 32 --phases 2 --regime generalising"},
    {WRITTEN, 0, "theory quadratic --p 5 --width 4 --samples 9 --symbols 6 "
                 "--components 1 --absent 1"},
    {WRITTEN, 0, "theory quadratic --p 5 --width 4 --fraction .4 --json"},
    {WRITTEN, 0, "theory quadratic-sgld --curvatures 1,2 --nbeta 144 --localization 1 "
                 "--lr 1e-3 --draws 9 --burnin 1 --between 2 --json"},
    {WRITTEN, 0, "theory grokking --model ball --quantity p --formula P --d 2 --n 2,5 "
                 "--eps 1.01 --trials 20 --seed 1"},
    {WRITTEN, 0, "theory grokking --model exp1d --quantity time --printed --json "
                 "--eps .1 --b0 2 --xbar 1 --x-min .1 --l1 .1 --l2 .1"},
    {WRITTEN, 0, "theory grokking --model exp1d --quantity error --t 1 --tau 1"},
    {WRITTEN, 0, "theory grokking --model ball --quantity time --r .1"},
    {WRITTEN, 0, "theory grokking --model ball --quantity exponent --d 3 --xi .5 --h .1"},
    {WRITTEN, 0, "theory volume --k 1,1 --h 0,0 --samples 4000 --seed 1 --from 1e-2 --to "
                 ".5 --levels 4 --json"},
    {WRITTEN, 0, "theory volume --curvatures 1,1 --samples 40000 --from 1e-1 --to .5"},
    {WRITTEN, 0, "theory tms --polygon 4 --features 5 --json"},
    {WRITTEN, 0, "theory tms --weights weights.csv"},

    {WRITTEN, TIMES, "doctor"},
    {WRITTEN, TIMES, "doctor --strict --json"},
    {WRITTEN, 0, "new --name a/b"},
    {WRITTEN, KEEPS, "new x.yaml"},
    {WRITTEN, 0, "new --brief"},
    {WRITTEN, KEEPS, "new --like cnn x.yaml"},
    {WRITTEN, 0, "new --from m.safetensors"},
    {WRITTEN, 0, "--generate ."},
    {WRITTEN, 0, "--help"},
    {WRITTEN, 0, "--version"},
    {WRITTEN, 0, "help theory rrr"},
    {WRITTEN, 0, "audit --help"},
    {RECORDED, 0, "verify -j1 --quiet --isa scalar small.golden"},
};
const size_t scenario_count = sizeof scenarios / sizeof *scenarios;
