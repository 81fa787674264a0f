#!/usr/bin/perl
# Public functions compute in an environment of their own: each enters it in its first
# statement (src/base/fpenv.h), unless it is one that computes nothing in floating point.
use strict;
use warnings;
use FindBin;
use Test::More;

chdir "$FindBin::Bin/../.." or die "chdir: $!";

# Bytes, text and whole numbers alone; a file with floating point in it is none of them.
my $whole = qr{^src/(?:base|codec|golden)/};
# What gives what is there, and pages, whose calls come from within others.
my %idle = map { $_ => 1 } qw(
    slt_figure_claim slt_figure_claims slt_figure_csv slt_figure_free slt_figure_statuses
    slt_quantity_equal slt_quantity_read slt_quantity_text
    slt_claim_kind_name
    slt_core_free slt_core_options_init slt_core_parameters slt_core_weight_at slt_core_weights
    slt_manifest_axes slt_manifest_axis slt_manifest_checked slt_manifest_free
    slt_manifest_name slt_manifest_path slt_manifest_runs slt_manifest_value
    slt_audit_attest_page slt_audit_json_page slt_audit_text_page slt_calibrate_json
    slt_calibrate_text slt_diagnosis_json_begin slt_diagnosis_json_end slt_diagnosis_text
    slt_influence_json_begin slt_influence_json_end slt_influence_text slt_predict_json
    slt_predict_text slt_rank_json slt_rank_text slt_replay_text slt_rerun_text
    slt_verify_json_begin slt_verify_json_end slt_tap_begin slt_tap_end slt_tap_page
    slt_junit_begin slt_junit_end slt_junit_page
    slt_verify_attest_begin slt_verify_attest_free slt_verify_attest_page
    slt_report_set_signer slt_report_program_free slt_report_verify_in_page
    slt_diagnosis_name slt_influence_name slt_golden_runs_path
    slt_report_at slt_report_count slt_report_create slt_report_free
    slt_front_create slt_front_free slt_front_reports slt_bundle_close
    slt_traces_find slt_traces_free slt_study_status_free
    slt_theory_crossing slt_theory_dln slt_theory_rrr slt_rational_text slt_theory_tms_free
    slt_grokking_formula_of slt_grokking_group_at slt_grokking_symbol
    slt_quadratic_full slt_quadratic_gives_lambda slt_quadratic_regime_name
    slt_trace_bytes slt_trace_experiment slt_trace_forget slt_trace_free slt_trace_function
    slt_trace_functions slt_trace_hash slt_trace_kind slt_trace_numerics
    slt_trace_records slt_trace_run slt_trace_sha256
    slt_record_kind_name slt_run_status_name slt_doctor_fit);

sub slurp {
    my ($path) = @_;
    open my $in, '<', $path or die "$path: $!";
    local $/;
    return <$in> =~ s{/\*.*?\*/}{ }gsr;
}

my (%public, %file, %body);
for my $path (glob 'include/sltrace/*.h') {
    my $text = slurp($path);
    $public{$1} = $path while $text =~ /^SLT_API[^;]*?\b(slt_\w+)\(/mg;
}
for my $path (split /\n/, `git ls-files -co --exclude-standard 'src/*.c'`) {
    next if $path =~ m{^src/cli/} || !-f $path;
    my $text = slurp($path);
    while ($text =~ /^(?!static)\w[^;{}()]*?\b(slt_\w+)\([^;{}]*\)\n\{\n(.*?)^\}/msg) {
        next unless $public{$1};
        @file{$1} = $path;
        $body{$1} = $2;
    }
}
is join(' ', grep { !$body{$_} } sort keys %public), '', 'every public function is found';
my @left = grep { $body{$_} && $body{$_} !~ /^\s*SLT_FPENV_(?:ENTERED|KEPT);/ } sort keys %public;
my @bare = grep { $file{$_} !~ $whole && !$idle{$_} } @left;
is join(' ', @bare), '', 'each enters its environment, or computes nothing';
my %left = map { $_ => 1 } @left;
is join(' ', grep { !$left{$_} } sort keys %idle), '', 'what computes nothing is there';
my @floats = grep { $file{$_} =~ $whole && $file{$_} !~ m{^src/base/fpenv}
    && slurp($file{$_}) =~ /\b(?:double|float)\b/ } @left;
is join(' ', @floats), '', 'rooms of whole numbers have no other in those files';
# Formulas of grokking are called through their table.
my @rows;
for my $path (glob 'src/theory/grokking_*.c') {
    my $text = slurp($path);
    while ($text =~ /^(?:static )?slt_status (\w+)\(const slt_grokking \*at,[^;{}]*\berr\)\n\{\n(.*?)^\}/msg) {
        my ($name, $inside) = ($1, $2);
        push @rows, $name if ($text =~ /\b$name\}/ || $text =~ /\.trials = $name\b/)
            && $inside !~ /^\s*SLT_FPENV_ENTERED;/;
    }
}
is join(' ', @rows), '', 'so does each formula that a table holds';
done_testing;
