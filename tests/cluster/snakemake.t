#!/usr/bin/perl
# The Snakefile of docs/manual/clusters.md gives the golden of one process, also when it is
# cut short and begun again.  Run on its own: tools/deps cluster && tests/cluster/snakemake.t
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../cli";
use Cli;
use Test::More;

plan skip_all => 'snakemake is not installed (tools/deps cluster)'
    if !grep { -x "$_/snakemake" } split /:/, $ENV{PATH};
my $folder = workdir();
my ($snakefile) = slurp("$root/docs/manual/clusters.md") =~ /^```snakemake\n(.*?)^```$/ms;
ok $snakefile, 'the manual has a Snakefile' or BAIL_OUT('none');
spew('Snakefile', $snakefile);
spew('study.yaml', manifest() =~ s/count: 2/count: 4/r);
mkdir 'bin';
$ENV{PATH} = "$folder/bin:$ENV{PATH}";
$ENV{HOME} = $folder;

is sltrace(qw(run study.yaml --out whole --quiet))->{status}, 0, 'one process';
is sltrace(qw(record study.yaml --from whole))->{status}, 0, 'its golden';
my $golden = slurp('study.golden');
unlink qw(study.golden study.csv study.runs.csv);

# The first time shard 3 fails.
spew('bin/sltrace', "#!/bin/sh\n[ \"\$1 \$4\" != 'run 3/8' ] || [ -e mended ] || exit 1\nexec $sltrace \"\$@\"\n");
chmod 0755, 'bin/sltrace';
my @snakemake = qw(snakemake --cores 2 --keep-going --nocolor);
isnt spawn(\@snakemake)->{status}, 0, 'a shard that fails';
ok !-e 'study.golden', 'no golden';
ok -e 'shards/5.done', 'other shards are done';
spew('mended', '');
my $got = spawn(\@snakemake);
is $got->{status}, 0, 'again' or diag $got->{err};
is slurp('study.golden'), $golden, 'the golden of one process';
is slurp("study/traces/00000$_.trace"), slurp("whole/traces/00000$_.trace"), "run $_" for 0 .. 7;
is scalar(() = $got->{err} =~ /^rule shard:$/mg), 1, "what was done is not done again";
done_testing;
