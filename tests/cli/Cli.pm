# What the command-line tests share: where the program is, running it, comparing.
package Cli;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter 'import';
use File::Temp qw(tempdir);
use FindBin;
use POSIX ();
use Test::More;

our @EXPORT = qw($root $sltrace $build sltrace spawn shell expect workdir slurp spew manifest);

our $root = abs_path("$FindBin::Bin/../..");
our $sltrace = abs_path($ENV{SLTRACE} // "$root/build/sltrace");
our $build = abs_path($ENV{SLT_BUILD} // ($sltrace =~ s{/[^/]*$}{}r));
delete @ENV{qw(SLTRACE_ISA NO_COLOR)};
$ENV{LC_ALL} = 'C';
# A sanitizer that is built in would refuse preloaded libraries.
$ENV{ASAN_OPTIONS} = join ':', grep { defined } $ENV{ASAN_OPTIONS}, 'verify_asan_link_order=0';
defined $sltrace && -x $sltrace or plan skip_all => 'the program is not built';

# A fresh folder, removed at the end; becomes the working directory.
sub workdir {
    my $folder = tempdir(CLEANUP => 1);
    chdir $folder or die "chdir $folder: $!";
    return $folder;
}
END { chdir '/' }

sub slurp {
    my ($path) = @_;
    open my $in, '<:raw', $path or return undef;
    local $/;
    return scalar(<$in>) // '';
}

sub spew {
    my ($path, $text) = @_;
    open my $out, '>:raw', $path or die "$path: $!";
    print $out $text;
    close $out or die "$path: $!";
}

# Runs the program; returns {status, out, err}. A death by signal has status 128 + n.
sub sltrace { return spawn([ $sltrace, @_ ]) }

# A shell command with $SLTRACE as the program.
sub shell {
    local $ENV{SLTRACE} = $sltrace;
    return spawn([ 'sh', '-c', $_[0] ]);
}

# A manifest of four quick runs.
sub manifest {
    return <<'YAML';
sltrace: 1
name: mine/small
cite: {note: "a test"}
sweep:
  rank: [1, 2]
  seed: {from: 0, count: 2}
run:
  arithmetic: f32
  seed: $seed
  data: {kind: linear-teacher, samples: 20, inputs: 4, outputs: 3, rank: $rank}
  model:
    weights:
      W1: {shape: [$rank, 4], init: {kind: normal, std: 0.1}}
      W2: {shape: [3, $rank], init: {kind: normal, std: 0.1}}
    ops:
      - {op: linear, in: x, weight: W1, out: h}
      - {op: linear, in: h, weight: W2, out: y}
    loss: {op: mse, in: y}
  train:
    optimizer: {kind: adam, lr: 1e-2}
    steps: 40
    checkpoints: {every: 10, state: all}
  llc:
    - {at: last, lr: 1e-3, localization: 1, num_chains: 2, num_draws: 20}
figure:
  rows: {by: rank, value: llc/mean, error: sd}
YAML
}

my $runs = 0;
my $capture = tempdir(CLEANUP => 1);

# spawn([command], cb): cb->(pid) runs while the command does.
sub spawn {
    my ($command, $meanwhile) = @_;
    my ($out, $err) = map { "$capture/$runs.$_" } qw(out err);
    $runs++;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        # A shell ignores them for what it runs in the background.
        $SIG{$_} = 'DEFAULT' for qw(INT QUIT HUP PIPE);
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $out;
        open STDERR, '>', $err;
        exec { $command->[0] } @$command or POSIX::_exit(127);
    }
    $meanwhile->($pid) if $meanwhile;
    waitpid $pid, 0;
    my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
    # A child that a signal ended early has opened neither.
    return { status => $status, out => slurp($out) // '', err => slurp($err) // '' };
}

# expect($result, name, status => n, out => string or regex, err => ...): what is left out
# of out and err must be empty.
sub expect {
    my ($got, $name, %want) = @_;
    subtest $name => sub {
        is $got->{status}, $want{status} // 0, 'exit status';
        for my $stream (qw(out err)) {
            my $wanted = $want{$stream} // '';
            if (ref $wanted) { like $got->{$stream}, $wanted, $stream }
            else { is $got->{$stream}, $wanted, $stream }
        }
    };
}

1;
