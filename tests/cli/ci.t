#!/usr/bin/perl
# What runs in other people's CI, the composite action of GitHub and the job of GitLab, as
# its YAML has it: with an installed sltrace, as a user who is not root, what is right is
# green, what differs red, and the reports of JUnit are where the YAML says.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Parse;
use Test::More;

Parse::able() or plan skip_all => 'no python3 with yaml';
-x '/bin/bash' or plan skip_all => 'no bash';
my $work = workdir();
my $quick = manifest() =~ s/count: 2/count: 1/r;
my ($key, $public) = map { "$root/tests/fault/inject/files/plain.$_" } qw(key pub);
spew('small.yaml', $quick);
is sltrace(qw(run small.yaml --out A --quiet))->{status}, 0, 'a study';
is sltrace('record', 'small.yaml', '--from', 'A', '--sign', $key)->{status}, 0, 'its golden, signed';
my ($text) = slurp($public) =~ /^(RWQ\S{53})$/m;

# An installed program, of which the job's user has no more than the right to run it.
mkdir $_ for qw(bin action temp job);
shell(qq(cp "\$SLTRACE" bin/sltrace && cp '$root'/tools/action/* action/));
shell('chmod -R a+rX . && chmod 0777 temp job');
my @as = $> ? () : qw(setpriv --reuid=65534 --regid=65534 --clear-groups --);
spawn([ @as, 'true' ])->{status} == 0 or plan skip_all => 'root cannot become another user';
my $path = "$work/bin:/usr/bin:/bin";

# A fresh checkout, in which $change is done.
sub checkout {
    my ($change) = @_;
    chdir $work or die;
    shell('rm -rf job/* temp/* && cp small.* job/ && chmod a+rw job/*');
    chdir 'job' or die;
    $change->() if $change;
}

# A shell's lines in an environment of their own.
sub run_lines {
    my ($shell, $lines, %environment) = @_;
    local %ENV = (PATH => $path, LC_ALL => 'C', HOME => "$work/temp", TMPDIR => "$work/temp", %environment);
    return spawn([ @as, @$shell, '-c', $lines ]);
}

sub reported {
    my ($name, $file) = @_;
    my $suites = parsed('junit', slurp($file) // '', "$name: $file") // [];
    return map { $_->{inner}[0] ? $_->{inner}[0][0] : 'passed' } map { @{ $_->{cases} } } @$suites;
}

my @changes = (
    [ 0, 'what is right', undef, [qw(passed passed passed)] ],
    [ 1, 'another manifest', sub { spew('small.yaml', $quick =~ s/from: 0/from: 1/r) }, [qw(failure skipped)] ],
    [ 2, 'no golden', sub { unlink 'small.golden' }, ['error'] ],
);

# ---- GitLab

my $gitlab = parsed('yaml', slurp("$root/tools/gitlab/verify.yml"), 'tools/gitlab/verify.yml');
my $job = $gitlab->{'.sltrace'};
is join(' ', sort keys %$gitlab), '.sltrace', 'one job to extend';
my $report = $job->{artifacts}{reports}{junit};
sub gitlab {
    return run_lines([qw(sh -e)], join("\n", @{ $job->{script} }), %{ $job->{variables} }, @_);
}
for my $case (@changes) {
    my ($status, $name, $change, $cases) = @$case;
    checkout($change);
    my $got = gitlab(SLT_GOLDEN => 'small.golden', SLT_PUBLIC_KEY => '');
    is $got->{status}, $status, "GitLab: $name" or diag $got->{out}, $got->{err};
    is_deeply [ reported("GitLab: $name", $report) ], $cases, '... as tests';
}
checkout();
is gitlab()->{status}, 0, 'without variables it takes the goldens there are';
checkout();
my $got = gitlab(SLT_SAMPLE => 1, SLT_JOBS => 1, SLT_PUBLIC_KEY => $text);
is $got->{status}, 0, 'with them' or diag $got->{out}, $got->{err};
like $got->{out}, qr/^# signed by key .*^# judging 1 of 2 runs$/ms, '... they reach the program';
checkout(sub { unlink 'small.golden.minisig' });
is gitlab(SLT_PUBLIC_KEY => $text)->{status}, 1, 'and what is unsigned is refused';

# ---- GitHub

my $action = parsed('yaml', slurp("$root/tools/action/action.yml"), 'action.yml');
is_deeply [ map { $_->{shell} } @{ $action->{runs}{steps} } ], [ ('bash') x 2 ], 'two steps of bash';

# The value of an expression; what the YAML asks for and nothing gives is no value.
sub valued {
    my ($text, $inputs, $outputs) = @_;
    my ($of, $name) = $text =~ /^\$\{\{ (inputs|steps\.program\.outputs)\.([\w-]+) \}\}$/ or return undef;
    return ($of eq 'inputs' ? $inputs : $outputs)->{$name};
}

sub github {
    my (%given) = @_;
    my %inputs = map { $_ => $given{$_} // $action->{inputs}{$_}{default} } keys %{ $action->{inputs} };
    my (%outputs, $got);
    for my $step (@{ $action->{runs}{steps} }) {
        my %environment = map { $_ => valued($step->{env}{$_}, \%inputs, \%outputs) } keys %{ $step->{env} };
        ok !grep({ !defined } values %environment), "$step->{name}: each value is an input or an output";
        unlink "$work/temp/outputs";
        $got = run_lines([ 'bash', '--noprofile', '--norc', '-eo', 'pipefail' ], $step->{run}, %environment,
            GITHUB_ACTION_PATH => "$work/action", RUNNER_TEMP => "$work/temp",
            GITHUB_OUTPUT => "$work/temp/outputs", GITHUB_STEP_SUMMARY => "$work/temp/summary");
        %outputs = map { /^([\w-]+)=(.*)$/ } split /\n/, slurp("$work/temp/outputs") // '';
        return $got if $got->{status};
    }
    $got->{verdict} = $outputs{verdict};
    return $got;
}
for my $case (@changes) {
    my ($status, $name, $change, $cases) = @$case;
    checkout($change);
    my $got = github(golden => '*.golden small.golden', junit => 'reports/of sltrace');
    is $got->{status}, $status, "GitHub: $name" or diag $got->{out}, $got->{err};
    is_deeply [ reported("GitHub: $name", 'reports/of sltrace/2.xml') ], $cases, '... as tests';
}
checkout();
$got = github(golden => 'small.golden', sample => 1, 'public-key' => $text);
is $got->{verdict}, 'identical', 'its output';
like $got->{out}, qr/^# signed by key .*^# judging 1 of 2 runs$/ms, '... by the inputs';
checkout();
is github(golden => 'small.golden', sltrace => './none')->{status}, 2, 'no such program';

# Where none is installed it is built: install.sh is called, and its program verifies.
checkout();
spew("$work/action/install.sh", "#!/bin/sh\nmkdir -p \"\$1/bin\" && cp '$work/built' \"\$1/bin/sltrace\"\n");
rename "$work/bin/sltrace", "$work/built";
$got = github(golden => 'small.golden');
is $got->{status}, 0, 'one that is built' or diag $got->{out}, $got->{err};
done_testing;
