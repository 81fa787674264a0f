#!/usr/bin/perl
# What commands write: whole or not at all, and over nothing that they were not asked to.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

workdir();
spew('small.yaml', manifest());
is(sltrace('run', 'small.yaml', '--out', 'study', '--quiet')->{status}, 0, 'a study');
my @traces = map { sprintf 'study/traces/%06d.trace', $_ } 0 .. 3;

# All that is in a folder, with its content.
sub content {
    my ($folder) = @_;
    my %content;
    for my $path (split /\n/, `find '$folder' 2>&1`) {
        $content{$path} = -f $path ? slurp($path) : 'folder';
    }
    return \%content;
}

# new
expect(sltrace('new', 'mine.yaml'), 'new');
my $made = slurp('mine.yaml');
spew('mine.yaml', 'kept');
expect(sltrace('new', 'mine.yaml'), 'new over a file', status => 2,
    err => "sltrace: mine.yaml: exists already; nothing is overwritten\n");
is(slurp('mine.yaml'), 'kept', '... which is kept');
symlink 'nowhere', 'link.yaml';
expect(sltrace('new', 'link.yaml'), 'new over a link', status => 2,
    err => qr/link\.yaml: exists already/);
ok(!-e 'nowhere', '... which is not followed');
my $full = shell('ulimit -f 0; trap "" XFSZ; "$SLTRACE" new full.yaml');
is($full->{status}, 2, 'new on a full disk');
ok(!-e 'full.yaml', '... leaves nothing half-written');
is_deeply([ grep { /full/ } glob '* .*' ], [], '... nor anything else');
expect(shell('"$SLTRACE" new /dev/stdout | cat'), 'new to a pipe', out => $made);
expect(sltrace(qw(new -)), 'new -', out => $made);
expect(sltrace('record', 'small.yaml', qw(--golden -)), 'record --golden -', status => 2,
    err => qr/--golden: expected a file, found standard output/);

# export --csv
expect(sltrace('export', @traces, qw(--csv all.csv)), 'export --csv', out => qr/^1 file/);
my $csv = slurp('all.csv');
spew('all.csv', 'kept');
expect(sltrace('export', @traces, qw(--csv all.csv)), '--csv over a file', status => 2,
    err => "sltrace: all.csv: exists already; nothing is overwritten\n");
is(slurp('all.csv'), 'kept', '... which is kept');
expect(sltrace('export', @traces, qw(--csv all.csv --force)), '... unless with --force',
    out => qr/^1 file/);
is(slurp('all.csv'), $csv, '... which replaces it');
expect(sltrace('export', @traces, qw(--csv -)), '--csv -', out => $csv);
ok(!-e '-', 'no file is called -');

# export --npy
expect(sltrace('export', @traces, qw(--npy arrays)), 'export --npy', out => qr/^\d+ files/);
my $arrays = content('arrays');
ok(1 < keys %$arrays, '... writes arrays');
ok(!(grep { /unfinished/ } keys %$arrays), '... and no folder beside them');
my ($one) = grep { /W1\.npy$/ } sort keys %$arrays;
spew($one, 'kept');
my $before = content('arrays');
expect(sltrace('export', @traces, qw(--npy arrays)), '--npy over files', status => 2,
    err => qr/\.npy: exists already; nothing is overwritten\n\z/);
is_deeply(content('arrays'), $before, '... which are kept');
expect(sltrace('export', @traces, qw(--npy arrays --force)), '... unless with --force',
    out => qr/^\d+ files/);
is_deeply(content('arrays'), $arrays, '... which replaces them');
# One name of many that is taken: none of the others is written.
mkdir 'taken';
spew('taken/' . ($one =~ s{.*/}{}r), 'kept');
$before = content('taken');
is(sltrace('export', @traces, qw(--npy taken))->{status}, 2, 'one name is taken');
is_deeply(content('taken'), $before, '... and no file is written');
# A damaged trace among good ones.
my $bytes = slurp($traces[2]);
spew($traces[2], substr($bytes, 0, length($bytes) - 7));
is(sltrace('export', @traces, qw(--npy fresh))->{status}, 2, 'a damaged trace');
ok(!-e 'fresh', '... and the folder that was made for it is gone');
is(sltrace('export', @traces, qw(--npy taken --force))->{status}, 2, 'the same with --force');
is_deeply(content('taken'), $before, '... and nothing is replaced');
is(sltrace('export', @traces, qw(--csv fresh.csv))->{status}, 2, 'the same as CSV');
ok(!-e 'fresh.csv', '... leaves no file');
spew($traces[2], $bytes);

# A signal at any moment leaves no unfinished folder.
my $long = manifest() =~ s/steps: 40/steps: 4000/r =~ s/every: 10/every: 1/r =~
  s/num_draws: 20/num_draws: 2000/r;
spew('long.yaml', $long =~ s/mine\/small/mine\/long/r);
is(sltrace('run', 'long.yaml', '--out', 'long', '--only', '0', '--quiet')->{status}, 0, 'a longer run');
my $stopped = spawn([ $sltrace, 'export', 'long/traces/000000.trace', '--npy', 'cut' ], sub {
    my ($pid) = @_;
    for (1 .. 400) {
        last if glob 'cut/.unfinished-*/*';
        select undef, undef, undef, 0.005;
    }
    kill 'TERM', $pid;
});
SKIP: {
    skip 'it was faster', 2 if $stopped->{status} == 0;
    is($stopped->{status}, 143, 'export ends by the signal');
    is_deeply([ glob 'cut/* cut/.u*' ], [], '... and nothing is left');
}

# replay --steps
expect(sltrace('replay', $traces[0], qw(--steps steps.txt)), 'replay --steps', out => qr/./);
my $steps = slurp('steps.txt');
like($steps, qr/^\d+ /m, '... writes them');
expect(sltrace('replay', $traces[0], qw(--steps steps.txt)), '--steps over a file', status => 2,
    err => "sltrace: steps.txt: exists already; nothing is overwritten\n");
is(sltrace('replay', 'study/none.trace', qw(--steps other.txt))->{status}, 2, 'no trace');
ok(!-e 'other.txt', '... leaves no steps');

# record: golden and data, or neither.
expect(sltrace('record', 'small.yaml', qw(--from study --golden g/x.golden)), 'record',
    out => qr/^recorded/);
$before = content('g');
unlink 'g/x.golden';
spew('g/x.csv', 'of others');
expect(sltrace('record', 'small.yaml', qw(--from study --golden g/x.golden)), 'data of others',
    status => 2, err => "sltrace: g/x.csv: exists already; nothing is overwritten\n");
ok(!-e 'g/x.golden', '... are kept, and there is no golden');
spew('g/x.csv', $before->{'g/x.csv'});
expect(sltrace('record', 'small.yaml', qw(--from study --golden g/x.golden)),
    'after a record that ended early', out => qr/^recorded/);
is_deeply(content('g'), $before, '... all of it is there');
my $disk = shell('ulimit -f 1; trap "" XFSZ; "$SLTRACE" record small.yaml --from study '
      . '--golden g/x.golden --force again');
is($disk->{status}, 2, 'record on a full disk');
is_deeply(content('g'), $before, '... changes nothing');

done_testing();
