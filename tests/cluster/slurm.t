#!/usr/bin/perl
# The script of `sltrace slurm` on a Slurm of one node, which is started here: eight tasks,
# of which one is sent a signal and one put back into the queue, give the golden of one
# process.  CI runs it; on its own: tools/deps cluster && tests/cluster/slurm.t
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../cli";
use Cli;
use IO::Socket::INET;
use Sys::Hostname;
use Test::More;
use Time::HiRes qw(sleep);

$ENV{PATH} .= ':/usr/sbin:/sbin';
for my $program (qw(slurmctld slurmd munged sbatch)) {
    plan skip_all => "$program is not installed (tools/deps cluster)"
        if !grep { -x "$_/$program" } split /:/, $ENV{PATH};
}
plan skip_all => 'slurmd needs root' if $>;

# ---- A cluster of this machine ---------------------------------------------------------
my $folder = workdir();
my @daemons;
$SIG{$_} = sub { exit 1 } for qw(INT TERM HUP);
END {
    local $?;
    my $jobs = sub { return scalar `squeue -h -o %A 2>/dev/null` };
    system "scancel $_ 2>/dev/null" for @daemons > 2 ? split ' ', $jobs->() : ();
    for (1 .. 100) { last if @daemons < 3 || $jobs->() eq ''; sleep .1 }
    kill 'TERM', reverse @daemons;
    waitpid $_, 0 for @daemons;
}

sub start {
    my ($name, @command) = @_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', "$folder/$name.out";
        open STDERR, '>&', \*STDOUT;
        exec { $command[0] } @command or POSIX::_exit(127);
    }
    push @daemons, $pid;
}

# Waits for what must come; it takes seconds, and minutes on a machine that is busy.
sub await {
    my ($what, $come, $seconds) = @_;
    for (1 .. 10 * ($seconds // 600)) {
        return 1 if $come->();
        sleep .1;
    }
    diag "waited for $what; ", map { "$_:\n" . (slurp($_) // '') } glob '*.out */*.shards/*.log out.shards/*.log';
    return 0;
}

sub free_port {
    my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die "port: $!";
    return $socket->sockport;
}

my ($host) = hostname() =~ /^([^.]*)/;
my ($port, $node_port) = (free_port(), free_port());
mkdir $_ for qw(state spool munge);
chmod 0755, $folder, 'munge';
open my $random, '<:raw', '/dev/urandom' or die;
read $random, my $key, 1024;
spew('munge/key', $key);
chmod 0400, 'munge/key';
spew('slurm.conf', <<"CONF");
ClusterName=sltrace
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$node_port
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket,cred_expire=5
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
KillWait=5
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,bf_interval=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
$ENV{SLURM_CONF} = "$folder/slurm.conf";
start('munged', 'munged', '-F', map { "--$_=$folder/munge/" . s/-file//r } qw(key-file socket pid-file log-file seed-file));
await('munge', sub { -S 'munge/socket' }, 60) or plan skip_all => 'munged does not start here';
start('slurmctld', qw(slurmctld -D));
start('slurmd', qw(slurmd -D));
await('the node', sub { `sinfo -h -o %T 2>/dev/null` =~ /^idle/ }, 120)
    or plan skip_all => 'Slurm does not start here';

# ---- A study of eight runs -------------------------------------------------------------
spew('study.yaml', manifest() =~ s/count: 2/count: 4/r =~ s/steps: 40/steps: 4000/r
    =~ s/every: 10/every: 400/r);
is sltrace(qw(run study.yaml --out whole --quiet))->{status}, 0, 'one process';
is sltrace(qw(record study.yaml --from whole))->{status}, 0, 'its golden';
my $golden = slurp('study.golden');
unlink glob "study.golden study.csv study.runs.csv";

# Tasks 2 and 5 stop in their first attempt, as soon as they have begun, until they get a
# signal; every attempt is noted.
spew('program', <<'SH');
#!/bin/sh
[ "$1" = run ] || exec "$REAL" "$@"
echo "$SLURM_ARRAY_TASK_ID ${SLURM_RESTART_COUNT-0}" >>starts
case "$SLURM_ARRAY_TASK_ID-${SLURM_RESTART_COUNT-0}" in
2-0 | 5-0) ;;
*) exec "$REAL" "$@" ;;
esac
"$REAL" "$@" &
real=$!
trap 'echo USR1 >>signals; kill -CONT $real; kill -USR1 $real; wait $real; exit 138' USR1
trap 'echo TERM >>signals; kill -CONT $real; kill -TERM $real; wait $real; exit 143' TERM
until ls "out.shards/$SLURM_ARRAY_TASK_ID/traces/"*.trace* >/dev/null 2>&1; do sleep 0.01; done
kill -STOP $real
touch "stopped.$SLURM_ARRAY_TASK_ID"
while :; do sleep 1 & wait $!; done
SH
chmod 0755, 'program';
$ENV{REAL} = $sltrace;
$ENV{SLTRACE} = "$folder/program";

my $script = sltrace(qw(slurm study.yaml --shards 8 --time 30 --out out));
is $script->{status}, 0, 'the script';
spew('study.sh', $script->{out});
my $sent = spawn([ 'sh', 'study.sh' ]);
is $sent->{status}, 0, 'submitted' or diag $sent->{err};
my ($array) = `squeue -h -o %F -n mine/small --array 2>/dev/null` =~ /(\d+)/;
ok $array, 'the array';
ok await('two tasks', sub { -e 'stopped.2' && -e 'stopped.5' }), 'two tasks are under way';
system "scancel --batch --signal=USR1 ${array}_2";
system "scontrol requeue ${array}_5";
ok await('the golden', sub { -e 'study.golden' && -e 'out/small.svg' || slurp('out.shards/gather.log') }), 'gathered';
await('the last job', sub { `squeue -h 2>/dev/null` eq '' });

is slurp("out/traces/00000$_.trace"), slurp("whole/traces/00000$_.trace"), "run $_: its bytes"
    for 0 .. 7;
my $made = slurp('study.golden') // '';
is +($made =~ /^root (\S+)/m)[0], ($golden =~ /^root (\S+)/m)[0], 'the golden\'s root'
    or diag slurp('out.shards/gather.log');
is $made, $golden, 'and all of it';
is join('', sort split /^/m, slurp('starts')),
    join('', map { $_ == 2 || $_ == 5 ? "$_ 0\n$_ 1\n" : "$_ 0\n" } 1 .. 8), 'two were requeued';
is join(' ', sort split ' ', slurp('signals')), 'TERM USR1', 'one by a signal, one by Slurm';
ok -s 'out/small.csv', 'the figure';
like slurp('out.shards/gather.log'), qr/^mine\/small: 8 runs: 8 linked, 0 kept; traces in out/m, 'said';
done_testing;
