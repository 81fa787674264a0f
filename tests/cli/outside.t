#!/usr/bin/perl
# Strangers' files: what a golden or manifest names lies in its tree, whatever the command;
# nothing of another file is told; only ordinary files are read.
use strict;
use warnings;
use Cwd qw(abs_path);
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Digest::SHA qw(sha256_hex);
use Test::More;

my $work = abs_path(workdir());
my $rule = qr/--root DIR .*--allow-outside/;
my $secret = "hunter2: [xyzzy\nhunter2: again\n";

# A repository with a published golden; a secret beside it.
mkdir $_ for qw(repo repo/.git repo/golden repo/manifests away);
spew('secret', $secret);
spew('repo/manifests/small.yaml', manifest());
shell('$SLTRACE run repo/manifests/small.yaml --out S && $SLTRACE record repo/manifests/small.yaml --from S');
my $good = slurp('repo/golden/small.golden');
ok $good, 'a golden';
sub sltrace_in {
    my ($folder, @arguments) = @_;
    chdir $folder;
    my $got = sltrace(@arguments);
    chdir $work;
    return $got;
}
is sltrace_in('away', 'verify', "$work/repo/golden/small.golden")->{status}, 0,
    'verified from anywhere: .git marks the tree';

# A golden made anew with another line; its root is the SHA-256 of what stands before it.
sub forged {
    my ($path, $key, $value) = @_;
    my $text = $good =~ s/^\Q$key\E [^\n]*/$key $value/mr;
    die $key if $text eq $good;
    my ($body) = $text =~ /\A(.*?^)root sha256:/ms;
    my $root = sha256_hex($body);
    $text =~ s/^root sha256:[0-9a-f]+/root sha256:$root/m;
    spew($path, $text);
}
my @reading = ([ 'verify' ], [ qw(verify --json) ], [ qw(figure --out F) ]);
sub refused {
    my ($name, $golden, $like) = @_;
    for my $command (@reading) {
        my $got = sltrace(@$command, $golden);
        is $got->{status}, 2, "$name: @$command";
        like $got->{err} . $got->{out}, $like, "$name: @$command: says why" if $like;
        unlike $got->{err} . $got->{out}, qr/hunter2|xyzzy|root:x/, "$name: @$command: tells nothing";
    }
    my $audit = sltrace(qw(audit --estimates S), $golden);
    unlike $audit->{err} . $audit->{out}, qr/hunter2|xyzzy|root:x/, "$name: audit: tells nothing";
}
forged('repo/golden/evil.golden', 'manifest', '../../secret');
refused('a manifest above the tree', 'repo/golden/evil.golden', $rule);
forged('repo/golden/evil.golden', 'manifest', '../../../../../../../../etc/passwd');
refused('/etc/passwd', 'repo/golden/evil.golden', $rule);
forged('repo/golden/evil.golden', 'manifest', '../../nothing');
refused('what is not there', 'repo/golden/evil.golden', $rule);
symlink '../../secret', 'repo/golden/link.yaml';
forged('repo/golden/evil.golden', 'manifest', 'link.yaml');
refused('a link that leads out', 'repo/golden/evil.golden', $rule);
spew('repo/.env', $secret);
forged('repo/golden/evil.golden', 'manifest', '../.env');
refused('another file of the tree', 'repo/golden/evil.golden', qr/not a manifest/);
shell('mkfifo repo/golden/fifo.yaml');
forged('repo/golden/evil.golden', 'manifest', 'fifo.yaml');
refused('a FIFO', 'repo/golden/evil.golden', qr/expected an ordinary file/);
symlink '/proc/self/environ', 'repo/golden/proc.yaml';
forged('repo/golden/evil.golden', 'manifest', 'proc.yaml');
refused('a file of /proc', 'repo/golden/evil.golden', $rule);

# The way out, and what does not go together.
mkdir 'plain';
shell('cp -r repo/golden repo/manifests plain/');
my $golden = "$work/plain/golden/small.golden";
my $away = sltrace_in('away', 'verify', $golden);
is $away->{status}, 2, 'without .git, from elsewhere: its own folder is the tree';
like $away->{err}, $rule, '... and the ways out are told';
is sltrace_in('plain', qw(verify golden/small.golden))->{status}, 0, 'the working folder';
is sltrace_in('away', 'verify', $golden, '--root', "$work/plain")->{status}, 0, '--root';
is sltrace_in('away', 'verify', $golden, '--allow-outside')->{status}, 0, '--allow-outside';
is sltrace_in('away', 'verify', $golden, '--manifest', "$work/plain/manifests/small.yaml")->{status},
    0, 'a manifest that the user names';
expect(sltrace(qw(verify x.golden --root . --allow-outside)), 'both', status => 2,
    err => qr/^sltrace: verify: give --root or --allow-outside, not both/);
expect(sltrace(qw(verify x.golden --root nowhere)), 'no such root', status => 2,
    err => qr/^sltrace: nowhere: No such file/);
shell('echo gitdir: elsewhere >plain/.git');
is sltrace_in('away', 'verify', $golden)->{status}, 0, 'a .git that is a file';

# A manifest's weights.
my $weights = pack 'f<8', (1) x 8;
spew($_, $weights) for qw(w.f32 repo/manifests/w.f32);
sub weights {
    my ($file) = @_;
    my $text = manifest() =~ s/rank: \[1, 2\]/rank: [2]/r;
    my $sha256 = sha256_hex($weights);
    $text =~ s/W1: .*/W1: {shape: [2, 4], init: {kind: file, file: "$file", sha256: $sha256}}/;
    spew('repo/manifests/w.yaml', $text);
    return sltrace(qw(run repo/manifests/w.yaml --out W), @_[1 .. $#_]);
}
for my $file ('../../w.f32', "$work/w.f32", "$work/repo/manifests/w.f32") {
    my $got = weights($file);
    is $got->{status}, 2, "weights from $file";
    like $got->{err}, $rule, '... are refused';
    unlike $got->{err}, qr/[0-9a-f]{64}/, '... without a hash of them';
}
is weights('w.f32')->{status}, 0, 'weights beside the manifest';
shell('rm -r W');
is weights("$work/w.f32", '--allow-outside')->{status}, 0, 'others where that is allowed';

# A golden or manifest that is a link to another file: nothing of it is told.
symlink "$work/secret", "repo/golden/l.$_" for qw(golden yaml trace csv);
for my $command ([ qw(verify repo/golden/l.golden) ], [ qw(show repo/golden/l.golden) ],
    [ qw(figure repo/golden/l.golden) ], [ qw(summary repo/golden/l.golden) ],
    [ qw(run repo/golden/l.yaml) ], [ qw(show secret) ],
    [ qw(show repo/golden/l.trace) ], [ qw(replay repo/golden/l.trace) ],
    [ qw(audit --estimates repo/golden/l.csv repo/golden/small.golden) ]) {
    my $got = sltrace(@$command);
    is $got->{status}, 2, "@$command";
    unlike $got->{err} . $got->{out}, qr/hunter2|xyzzy/, '... tells nothing of it';
}

# Nor of a table of runs, unless any file may be read.
sltrace(qw(record repo/manifests/small.yaml --from S --golden repo/golden/t.golden));
shell("mv repo/golden/t.runs.csv $work/t.csv");
symlink "$work/t.csv", 'repo/golden/t.runs.csv';
my $table = sltrace(qw(summary repo/golden/t.golden));
is $table->{status}, 2, 'summary of a table that leads outside';
like $table->{err}, qr/leads out of/, '... is refused';
is sltrace(qw(summary --allow-outside repo/golden/t.golden))->{status}, 0, '... and read where allowed';

# What the user names may lie anywhere, but is an ordinary file.
for my $command ([ 'show' ], [ 'run' ], [ 'verify' ], [ 'record' ], [ 'figure' ], [ 'replay' ],
    [ 'summary' ],
    [ qw(export --csv x.csv) ], [ qw(audit --estimates) ]) {
    my @last = $command->[-1] eq '--estimates' ? ('repo/golden/small.golden') : ();
    my $got = sltrace(@$command, 'repo/golden/fifo.yaml', @last);
    is $got->{status}, 2, "@$command: a FIFO is refused";
}
# What is written replaces a link and leaves alone what it leads to.
spew('victim', 'kept');
my $trace = 'S/traces/000000.trace';
sub replaces {
    my ($name, $path, @arguments) = @_;
    unlink $path;
    symlink "$work/victim", $path or die "$path: $!";
    my $got = sltrace(@arguments);
    is slurp('victim'), 'kept', "$name: what a link leads to is left alone";
    ok !-l $path, "$name: the link is replaced" unless $got->{status};
    return $got->{status};
}
is replaces('record', 'l.golden', qw(record repo/manifests/small.yaml --from S --golden l.golden
        --force), 'a test'), 0, 'record';
is replaces('record data', 'm.csv', qw(record repo/manifests/small.yaml --from S --golden m.golden
        --force), 'a test'), 0, 'record data';
mkdir 'fig';
is replaces("figure $_", "fig/small.$_", qw(figure repo/manifests/small.yaml --from S --out fig)), 0,
    "figure $_" for qw(csv svg txt);
is replaces('export', 'x.csv', 'export', $trace, qw(--force --csv x.csv)), 0, 'export';
mkdir 'npy';
is replaces('export --npy', 'npy/000000-step40-W1.npy', 'export', $trace, qw(--force --npy npy)), 0,
    'export --npy';
is replaces('replay --steps', 'steps', 'replay', $trace, qw(--steps steps)), 2,
    'replay --steps: what is there is refused';
is replaces('replay --write', 'again', 'replay', $trace, qw(--write again)), 2,
    'replay --write: what is there is refused';
is replaces('audit --attest', 'attest', 'audit', $trace, $trace, qw(--attest attest)), 2,
    'audit --attest: the same';
is replaces('new', 'new.yaml', qw(new new.yaml)), 2, 'new: the same';
mkdir $_ for qw(R R/traces R/resume R/provenance);
isnt replaces('a run in the making', 'R/traces/000000.trace.part',
    qw(run repo/manifests/small.yaml --out R --only 0)), 1, 'run';
isnt replaces('provenance', 'R/provenance/000001.json',
    qw(run repo/manifests/small.yaml --out R --only 1)), 1, 'run';
is join(' ', grep { !/\.golden$/ } glob '*.?????? fig/*.??????'), '',
    'nothing is left half made';

done_testing;
