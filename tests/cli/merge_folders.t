#!/usr/bin/perl
# sltrace merge OUT IN...: what is gathered, how, and what is refused.
use strict;
use warnings;
use Fcntl;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use File::Copy qw(copy);
use JSON::PP;
use Test::More;

workdir();
spew('small.yaml', manifest());
is sltrace('run', 'small.yaml', '--shard', "$_/3", '--out', "S$_", '--quiet')->{status}, 0,
    "shard $_" for 1 .. 3;
is sltrace(qw(run small.yaml --out whole --quiet))->{status}, 0, 'one process does all';
is sltrace(qw(run small.yaml --only 0 --out zero --quiet))->{status}, 0, 'a run alone';

sub trace { return "$_[0]/traces/00000$_[1].trace" }
sub provenance { return "$_[0]/provenance/00000$_[1].json" }
sub holder { return (grep { -e trace("S$_", $_[0]) } 1 .. 3)[0] }
sub everything {
    return join "\n", map { my $f = $_; map { "$_ " . (slurp($_) // '') } glob "$f/*/*" } @_;
}

subtest 'shards' => sub {
    my $before = everything(qw(S1 S2 S3));
    expect(sltrace(qw(merge all S1 S2 S3)), 'merged',
        out => "mine/small: 4 runs: 4 linked, 0 kept; traces in all/traces\n");
    for my $run (0 .. 3) {
        my $from = 'S' . holder($run);
        is slurp(trace('all', $run)), slurp(trace('whole', $run)), "run $run: its trace";
        is slurp(provenance('all', $run)), slurp(provenance($from, $run)), 'its provenance';
        is_deeply [ (stat trace('all', $run))[ 0, 1 ] ], [ (stat trace($from, $run))[ 0, 1 ] ],
            'a hard link';
    }
    is everything(qw(S1 S2 S3)), $before, 'the shards are as they were';
    is slurp('all/experiment'), slurp('whole/experiment'), 'a study';
    expect(sltrace(qw(run small.yaml --out all)), 'which run goes on with',
        out => "mine/small: 4 runs: 0 computed, 4 kept; traces in all/traces\n");
    expect(sltrace(qw(merge all S1 S2 S3)), 'again',
        out => "mine/small: 4 runs: 0 linked, 4 kept; traces in all/traces\n");
    my %golden;
    for my $folder (qw(all whole)) {
        is sltrace('record', 'small.yaml', '--from', $folder, '--force', 'again')->{status}, 0,
            "recorded from $folder";
        $golden{$folder} = slurp('small.golden');
    }
    is $golden{all}, $golden{whole}, 'the golden of one process';
};

subtest 'part by part' => sub {
    expect(sltrace(qw(merge bits S1)), 'one folder',
        out => qr/^mine\/small: 4 runs: \d linked, 0 kept, \d missing; traces in bits/);
    unlink provenance('bits', $_) for 0 .. 3;
    is sltrace(qw(merge bits S2 --quiet))->{status}, 0, 'another';
    my $json = decode_json(sltrace(qw(merge bits S3 S2 S1 zero --json))->{out});
    is $json->{missing}, 0, 'none is missing';
    is $json->{twice}, 1, 'a run that was there twice';
    is $json->{kept} + $json->{linked}, 4, 'all are there';
    ok -s provenance('bits', $_), "run $_ has its provenance again" for 0 .. 3;
    is sltrace(qw(run small.yaml --only 0 --shard 2/2 --out none --quiet))->{status}, 0,
        'an empty shard';
    expect(sltrace(qw(merge bits none)), 'is one too', out => qr/0 linked, 4 kept;/);
};

subtest 'copies' => sub {
    mkdir 'far';
    mkdir "far/$_" for qw(traces provenance);
    copy('S1/experiment', 'far/experiment');
    symlink '../../zero/traces/000000.trace', 'far/traces/000000.trace';
    symlink '../../zero/provenance/000000.json', 'far/provenance/000000.json';
    expect(sltrace(qw(merge near far)), 'of what is elsewhere',
        out => "mine/small: 4 runs: 0 linked, 1 copied, 0 kept, 3 missing; traces in near/traces\n");
    ok !-l trace('near', 0), 'no link to it';
    is slurp(trace('near', 0)), slurp(trace('zero', 0)), 'its bytes';
    is slurp(provenance('near', 0)), slurp(provenance('zero', 0)), 'and its provenance';
};

# A folder like S1 with one trace of other bytes.
sub folder_with {
    my ($folder, $run, $bytes) = @_;
    mkdir $folder;
    mkdir "$folder/traces";
    copy('S1/experiment', "$folder/experiment");
    spew(trace($folder, $run), $bytes);
}

subtest 'damaged traces' => sub {
    my $bytes = slurp(trace('whole', 1));
    my %bad = (flipped => $bytes, cut => substr($bytes, 0, -40), empty => '');
    substr($bad{flipped}, -60, 1) ^= "\1";
    for my $name (sort keys %bad) {
        folder_with($name, 1, $bad{$name});
        my $got = sltrace('merge', "from-$name", 'zero', $name);
        expect($got, $name, status => 2, err => qr{^sltrace: $name/traces/000001\.trace: [^\n]+\n$});
        ok !-e "from-$name", 'nothing is made';
    }
    is sltrace(qw(merge kept zero))->{status}, 0, 'a study';
    spew(trace('kept', 0), slurp(trace('kept', 0)) . 'x');
    expect(sltrace(qw(merge kept whole)), 'damaged in OUT', status => 2,
        err => qr{^sltrace: kept/traces/000000\.trace: });
    ok !-e trace('kept', 1), 'nothing is placed';
    mkdir 'kept/provenance';
    spew(trace('kept', 0), slurp(trace('whole', 0)));
    spew(provenance('kept', 1), "{\n");
    mkdir 'broken';
    copy('S1/experiment', 'broken/experiment');
    mkdir "broken/$_" for qw(traces provenance);
    copy(trace('whole', 1), trace('broken', 1));
    spew(provenance('broken', 1), substr slurp(provenance('whole', 1)), 0, -9);
    expect(sltrace(qw(merge kept broken)), 'a provenance that is not whole', out => qr/1 linked/,
        err => "sltrace: broken/provenance/000001.json: not whole, so it is left where it is\n");
};

subtest 'the same run with other bytes' => sub {
    spew('twin.yaml', <<'YAML');
sltrace: 1
name: twin
cite: {note: test}
run:
  arithmetic: f32
  seed: 3
  data: {kind: constant, samples: 8, inputs: 1, outputs: 2}
  model:
    weights:
      W: {shape: [2, 1], init: {kind: constant, value: 0.5}}
    ops: [{op: linear, in: x, weight: W, out: y}]
    loss: {op: mse, in: y}
  llc:
    - {at: last, lr: 1e-3, localization: 1, num_chains: 3, num_draws: 40, store_losses: all}
YAML
    is sltrace(qw(run twin.yaml --out here --quiet))->{status}, 0, 'made here';
    mkdir 'there';
    mkdir 'there/traces';
    copy('here/experiment', 'there/experiment');
    copy("$root/tests/cli/schemas-chain.trace", trace('there', 0));
    is sltrace('show', trace('there', 0))->{status}, 0, 'made elsewhere, and whole';
    expect(sltrace(qw(merge both here there)), 'of two folders', status => 1,
        err => qr{^sltrace: here/traces/000000\.trace and there/traces/000000\.trace are traces of one run with different bytes});
    ok !-e 'both', 'nothing is made';
    my $mine = slurp(trace('here', 0));
    expect(sltrace(qw(merge here there)), 'of OUT and a folder', status => 1,
        err => qr{here/traces/000000\.trace and there/traces/000000\.trace|there/traces/000000\.trace and here/traces/000000\.trace});
    is slurp(trace('here', 0)), $mine, 'OUT keeps its own';
};

subtest 'another experiment' => sub {
    spew('other.yaml', manifest() =~ s/name: mine\/small/name: mine\/other/r);
    spew('wide.yaml', manifest() =~ s/count: 2/count: 3/r);
    is sltrace('run', "$_.yaml", '--only', 0, '--out', $_, '--quiet')->{status}, 0, $_ for qw(other wide);
    expect(sltrace(qw(merge mix zero other)), 'another name', status => 2,
        err => "sltrace: other: the folder of experiment 'mine/other', expected 'mine/small' as in zero\n");
    expect(sltrace(qw(merge mix zero wide)), 'another sweep', status => 2,
        err => qr/^sltrace: wide: the folder of another experiment 'mine\/small' than zero is: its manifest has/);
    expect(sltrace(qw(merge other zero)), 'of OUT', status => 2,
        err => qr/^sltrace: other: the folder of experiment 'mine\/other'/);
    ok !-e 'mix', 'nothing is made';
    folder_with('wrong', 1, slurp(trace('whole', 2)));
    is sltrace(qw(merge fooled wrong))->{status}, 0, 'a number is believed';
    expect(sltrace(qw(merge mix whole wrong)), 'unless another trace has it', status => 2,
        err => qr{^sltrace: whole/traces/000001\.trace and wrong/traces/000001\.trace have one number, but are of two runs});
    expect(sltrace(qw(merge mix wrong --manifest small.yaml)), 'or a manifest', status => 2,
        err => qr{^sltrace: wrong/traces/000001\.trace: another experiment: run\.});
    expect(sltrace(qw(merge mix zero --manifest wide.yaml)), 'which must be the study\'s', status => 2,
        err => qr/^sltrace: zero: the folder of experiment 'mine\/small' of 4 runs, expected 'mine\/small' of 6 runs\n/);
    is sltrace(qw(merge told whole --manifest small.yaml))->{status}, 0, 'the right one';
    folder_with('beyond', 4, slurp(trace('whole', 2)));
    expect(sltrace(qw(merge mix beyond)), 'a number that no run has', status => 2,
        err => "sltrace: beyond/traces/000004.trace: the study has runs 0 to 3\n");
    mkdir 'plain';
    expect(sltrace(qw(merge mix plain)), 'no study', status => 2,
        err => "sltrace: plain: not the folder of a study: no plain/experiment\n");
    expect(sltrace(qw(merge mix nowhere)), 'nothing', status => 2, err => qr/^sltrace: nowhere: /);
    expect(sltrace(qw(merge mix)), 'no folder', status => 2, err => qr/IN/);
    ok !-e 'mix', 'nothing is made';
};

subtest 'left where it is' => sub {
    folder_with('loose', 1, slurp(trace('whole', 1)));
    spew('loose/traces/000002.trace.part', 'begun');
    copy(trace('whole', 3), 'loose/traces/mine.trace');
    expect(sltrace(qw(merge tidy loose)), 'said', out => qr/1 linked, 0 kept, 3 missing/,
        err => "sltrace: loose/traces/mine.trace: its name is no number, so it is left where it is\n"
            . "sltrace: 1 unfinished run stays in the folders given\n");
    is join(' ', glob 'tidy/traces/*'), trace('tidy', 1), 'nothing else is taken';
};

subtest 'another program computes there' => sub {
    is sltrace(qw(merge busy zero))->{status}, 0, 'a study';
    open my $lock, '<', 'busy/lock' or die;
    # F_OFD_SETLK of a struct flock: what sltrace run holds while it computes.
    my $range = pack 's s x4 q q i x4', F_RDLCK, 0, 0, 1, 0;
    fcntl($lock, 37, $range) or die "lock: $!";
    expect(sltrace(qw(merge busy whole)), 'refused', status => 2,
        err => "sltrace: busy: another program computes here; merge when it has ended\n");
    ok !-e trace('busy', 1), 'nothing is placed';
    close $lock;
    is sltrace(qw(merge busy whole))->{status}, 0, 'when it has ended';
};
done_testing;
