#!/usr/bin/perl
# Who names an op, a loss, ...: its own file, and the row of its table.  Everything else asks
# the row, so that a new one is a file and a row.
use strict;
use warnings;
use FindBin;
use Test::More;

chdir "$FindBin::Bin/../.." or die "chdir: $!";

# what:      what is named
# own:       the files, one each; they say `.name = "the manifest's word"`
# constants: what code would call it, made of the file's name between its `own` and .c
# table:     the file with its row, which may
my @tables = (
    { what => 'op', own => 'src/net/op_*.c', constants => sub { ("slt_op_$_[0]") },
        table => 'src/net/ops.c' },
    { what => 'loss', own => 'src/net/loss_*.c', constants => sub { ("slt_loss_$_[0]") },
        table => 'src/net/ops.c' },
    { what => 'init', own => 'src/net/init_*.c',
        constants => sub { ("slt_init_kind_$_[0]", "SLT_INIT_\U$_[0]") },
        table => 'src/net/init_kinds.h' },
    { what => 'plant', own => 'src/net/plant_*.c',
        constants => sub { ("slt_plant_kind_$_[0]", "SLT_PLANT_\U$_[0]") },
        table => 'src/net/plant_kinds.h' },
    { what => 'data', own => 'src/data/*.c',
        constants => sub { ("slt_data_$_[0]", "SLT_DATA_\U$_[0]") },
        table => 'src/data/kinds.h' },
    { what => 'optimizer', own => 'src/learn/optimizer_*.c',
        constants => sub { ("slt_optimizer_$_[0]", "SLT_OPTIMIZER_\U$_[0]") },
        table => 'src/learn/optimizers.h' },
    { what => 'metric', own => 'src/learn/metric_*.c',
        constants => sub { ("slt_metric_kind_$_[0]", "SLT_METRIC_\U$_[0]") },
        table => 'src/learn/metric_kinds.h' },
    { what => 'sampler', own => 'src/learn/sampler_*.c',
        constants => sub { ("slt_sampler_$_[0]", "SLT_SAMPLER_\U$_[0]") },
        table => 'src/learn/samplers.h' },
);

# Words that mean something else there: word => [files, meaning], ...
my %others = (
    linear => [ qr{^src/(?:manifest/schema_file|figure/fit)\.c$}, 'a curve',
        qr{^src/manifest/schema_run\.c$}, 'times in equal differences' ],
    constant => [ qr{^src/(?:data|net/init)[/_]constant\.c$}, 'data, and an init',
        qr{^src/manifest/(?:schema_file|manifest_fits)\.c$}, 'a curve',
        qr{^src/(?:figure/runs/|report/runs_)}, 'a chain that never moved' ],
    loss => [ qr{^src/}, 'the loss that is trained, and a field' ],
    ball => [ qr{^src/(?:theory|cli)/(?:theory_)?grokking}, 'a model of theory' ],
    mse => [ qr{^src/cli/theory_tms\.c$}, 'what it prints' ],
    file => [ qr{^src/(?:data|net/init)[/_]file\.c$}, 'data, and an init',
        qr{^src/(?:cli|verify|report)/}, 'a file',
        qr{^src/(?:audit/rerun_init|manifest/canonical_convert)\.c$}, "the init's field" ],
    tanh => [ qr{^src/net/op_gelu\.c$}, 'a form of another op' ],
    scale => [ qr{^src/(?:data/(?:polynomial|file)|net/(?:init_fourier|op_dot_attention))\.c$}, 'a field',
        qr{^src/manifest/schema_run\.c$}, 'a field, by another name' ],
    mala => [ qr{^src/learn/quantity\.c$}, 'the head of a result' ],
    mean => [ qr{^src/(?:figure|manifest|report|theory|cli)/}, 'a statistic' ],
    hmc => [ qr{^src/learn/quantity\.c$}, 'the head of a result' ],
    zero => [ qr{^src/net/plant_zero_loss\.c$}, 'a sum' ],
    normal => [ qr{^src/data/linear_teacher\.c$}, 'how x is distributed' ],
    uniform => [ qr{^src/data/one_hot\.c$}, 'how the entry is distributed' ],
    values => [ qr{^src/(?:cli|report)/}, 'a member of JSON',
        qr{^src/manifest/sweep\.c$}, 'a field of an axis' ],
    select => [ qr{^src/report/page/in_page\.c$}, 'an element of HTML' ],
    polygon => [ qr{^src/cli/theory_tms\.c$}, 'an option', qr{^src/report/picture/}, 'of SVG' ],
);

my @files = grep { m{^src/.*\.[ch]$} && -f } split /\n/, `git ls-files -co --exclude-standard`;

sub slurp {
    my ($path) = @_;
    open my $in, '<', $path or die "$path: $!";
    local $/;
    return scalar <$in>;
}

# A file's code with its strings, without comments; line numbers kept.
sub code {
    my ($path) = @_;
    my $text = slurp($path);
    $text =~ s{(/\*.*?\*/)}{ $1 =~ s/[^\n]//gr }gse;
    return [ split /\n/, $text, -1 ];
}
my %code = map { $_ => code($_) } @files;
my %whole = map { $_ => join "\n", @{ $code{$_} } } @files;

sub means_another {
    my ($word, $path) = @_;
    my @pairs = @{ $others{$word} // [] };
    while (my ($files, $meaning) = splice @pairs, 0, 2) {
        return 1 if $path =~ $files;
    }
    return 0;
}

for my $table (@tables) {
    my ($before) = $table->{own} =~ /^([^*]*)/;
    my $count = 0;
    for my $own (glob $table->{own}) {
        my ($word) = slurp($own) =~ /^(?:    \.name =|.*_(?:default|sample)\[\] =) "([^"]+)"[,;]$/m or next;
        my @constants = $table->{constants}->(substr $own, length $before, -2);
        my $any = join '|', @constants;
        my $constant = qr/\b(?:$any)\b/;
        my @named;
        for my $path (grep { $_ ne $own } @files) {
            next unless grep { index($whole{$path}, $_) >= 0 } qq("$word"), @constants;
            my $other = means_another($word, $path);
            my $n = 0;
            for (@{ $code{$path} }) {
                $n++;
                push @named, "$path:$n: $_" if (!$other && /"\Q$word\E"/) ||
                    ($path ne $table->{table} && $_ =~ $constant);
            }
        }
        $count++;
        ok(!@named, "$table->{what} $word is named by itself alone") or diag(join "\n", @named);
    }
    ok($count > 0, "files $table->{own}: $count");
}
done_testing();
