#!/usr/bin/perl
# sltrace slurm: the script, with programs in place of Slurm's. tests/cluster has Slurm.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
mkdir "it's";
spew("it's/small.yaml", manifest());
# sbatch notes how it is called, and runs a task, or what follows it, at once.
mkdir 'bin';
spew('bin/sbatch', <<'SH');
#!/bin/sh
echo "$@" >>sent
tasks=
for word; do
    case $word in
    --array=1-*) tasks=$(seq "${word#--array=1-}") ;;
    --output=*) log=${word#--output=} ;;
    esac
    [ -z "${last-}" ] || before=$last
    last=$word
done
[ -n "$tasks" ] || { sh "$before" "$last" >"$log" 2>&1; exit; }
for task in $tasks; do
    SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=$task sh "$before" "$last" >>"${log%\%a.log}$task.log" 2>&1
done
echo "7;cluster"
SH
chmod 0755, 'bin/sbatch';
$ENV{PATH} = "./bin:$ENV{PATH}";

my $script = sltrace('slurm', "it's/small.yaml", qw(--shards 3 --cpus 2 --time 1-02:00:00 --out), "it's/out");
is $script->{status}, 0, 'the script';
is $script->{err}, '', 'nothing is said';
spew('job.sh', $script->{out});
is spawn([ 'sh', '-n', 'job.sh' ])->{status}, 0, 'a shell takes it';
local $ENV{SLTRACE} = $sltrace;
is spawn([ 'sh', 'job.sh' ])->{status}, 0, 'submitted';
is slurp('sent'), <<'TEXT', 'as an array, and a job behind it';
--parsable --job-name=mine/small --array=1-3 --cpus-per-task=2 --signal=B:USR1@60 --output=it's/out.shards/%a.log --time=1-02:00:00 job.sh task
--job-name=mine/small --dependency=afterok:7 --output=it's/out.shards/gather.log job.sh gather
TEXT
is join(' ', map { s{.*/}{}r } glob q("it's/out/traces/*")),
    '000000.trace 000001.trace 000002.trace 000003.trace', 'all runs are gathered';
is sltrace('run', "it's/small.yaml", qw(--out whole --quiet))->{status}, 0, 'one process';
is slurp("it's/out/traces/00000$_.trace"), slurp("whole/traces/00000$_.trace"), "run $_" for 0 .. 3;
my $golden = slurp("it's/small.golden");
is sltrace('record', "it's/small.yaml", qw(--from whole --force again))->{status}, 0, 'its golden';
is slurp("it's/small.golden"), $golden, 'which is the same';
ok -s "it's/out/small.csv", 'the figure';
is spawn([ 'sh', 'job.sh' ])->{status}, 0, 'submitted again';
is slurp("it's/small.golden"), $golden, 'the golden stays';
like slurp("it's/out.shards/gather.log"), qr/^it's\/small\.golden is there already/m, 'which is said';
like slurp("it's/out.shards/1.log"), qr/ 0 computed, /, 'and nothing is computed';
expect(spawn([ 'sh', 'job.sh', 'other' ]), 'another word', status => 2, err => "usage: sh job.sh\n");

# A task that is sent USR1 saves, and asks to be put back; one that fails says so.
spew('bin/scontrol', "#!/bin/sh\necho \"\$@\" >>asked\n");
chmod 0755, 'bin/scontrol';
spew("long.yaml", manifest() =~ s/steps: 40/steps: 60000000/r =~ s/every: 10/every: 1000000/r);
spew('long.sh', sltrace(qw(slurm long.yaml --shards 4 --out long))->{out});
{
    local @ENV{qw(SLURM_ARRAY_JOB_ID SLURM_ARRAY_TASK_ID)} = (7, 2);
    my $cut = spawn([ 'sh', 'long.sh', 'task' ], sub {
        for (1 .. 3000) {
            last if grep { -e } glob 'long.shards/2/traces/*.part';
            select undef, undef, undef, .01;
        }
        kill 'USR1', $_[0];
    });
    is slurp('asked'), "requeue 7_2\n", 'USR1: requeued';
    like $cut->{err}, qr/interrupted with 0 of 1 runs finished; nothing is lost/, 'when it is saved';
    spew('long.shards/3', 'no folder');
    $ENV{SLURM_ARRAY_TASK_ID} = 3;
    is spawn([ 'sh', 'long.sh', 'task' ])->{status}, 2, 'a run that fails is a task that fails';
}

like sltrace('slurm', "it's/small.yaml")->{out}, qr/^shards=4$/m, 'not more tasks than runs';
like sltrace('slurm', "it's/small.yaml")->{out}, qr{^out='sltrace-out/mine/small'$}m, 'where run writes';
for my $time ('', 'x', '5 --wrap=x', '--help', "5\n6") {
    expect(sltrace('slurm', "it's/small.yaml", "--time=$time"), "--time '$time'", status => 2,
        err => qr/^sltrace: --time: expected minutes/);
}
expect(sltrace('slurm', "it's/small.yaml", "--out=a\nb"), 'two lines', status => 2,
    err => "sltrace: slurm: --out: expected no line end in it\n");
expect(sltrace('slurm', 'gone.yaml'), 'no manifest', status => 2, err => qr/^sltrace: gone\.yaml: /);
done_testing;
