#!/usr/bin/perl
# sltrace theory: exact output of every child.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Cli;
use Test::More;

sub theory { return sltrace('theory', split ' ', $_[0]) }

my %exact = (
    'rrr --in 5 --hidden 3 --out 5 --rank 0' => "13/2\n",
    'rrr --in 5 --hidden 3 --out 5 --rank 1' => "8\n",
    'rrr --in 5 --hidden 3 --out 5 --rank 2' => "19/2\n",
    'rrr --in 5 --hidden 3 --out 5 --rank 3' => "21/2\n",
    'rrr --in 5 --hidden 3 --out 5 --rank 2 --multiplicity' => "19/2\nmultiplicity 2\n",
    'dln --widths 5,5,5,5 --rank 2' => "11\n",
    'dln --widths 5*4 --rank 2 -m' => "11\nmultiplicity 1\n",
    'dln --widths 4,4,4,4,4 --rank 1' => "13/2\n",
    'dln --widths=10,10,10 --rank=0' => "75/2\n",
    'crossing --k 1,1' => "1/2\n",
    'crossing --k 1,1 -m' => "1/2\nmultiplicity 2\n",
    'crossing --k 2,1,0 --h 0,3,0' => "1/4\n",
    '--json rrr --in 5 --hidden 3 --out 5 --rank 2' =>
        qq({"schema":"sltrace.theory-lambda/1","lambda":"19/2","value":9.5,"multiplicity":2}\n),
    'quadratic-sgld --curvatures 1 --nbeta 144.76 --localization 1 --lr 1e-3' =>
        "expected    0.513514   what 2000 draws must give\n"
        . "stationary  0.515349   the limit of long chains\n"
        . "lambda      0.500000   half the curved directions\n",
    'quadratic --p 5 --width 32 --phases 4 --regime data' =>
        "p 5  K 32  n 25  s 10  c 1  m 0  M 4\n\n"
        . "data\n"
        . "  regime             printed  ratio = 3.1067\n"
        . "      n / (p ln p)\n"
        . "      holds: above the printed border of about 2.5 to 3: expected to generalise\n"
        . "      source: Cullen et al. 2026, arXiv:2603.01192v1\n",
    'quadratic --p 53 --width 1024 --fraction .4 --regime lazy' =>
        "p 53  K 1024  n 1123  s 106  c 1  m 0  M 3\n\n"
        . "lazy\n"
        . "  printed-lazy       printed  lambda = 27136\n"
        . "      1/2 p min(l, K)\n"
        . "      holds: l taken to be n\n"
        . "      source: Cullen et al. 2026, arXiv:2603.01192v1\n"
        . "  lazy               ours     lambda = 27136\n"
        . "      1/2 p min(K, n-1)\n"
        . "      holds: for almost every W; below n - 1 neurons at V of least squares, not of "
        . "zero loss\n"
        . "      source: linear regression of p outputs on K centred squares\n",
    'quadratic --p 5 --width 32 --regime data --json' =>
        qq({"schema":"sltrace.theory-quadratic/1","p":5,"width":32,"samples":25,"symbols":10,)
        . qq("components":1,"absent":0,"phases":3,"formulas":[{"regime":"data","name":"regime",)
        . qq("printed":true,"quantity":"ratio","relation":"=","exact":null,)
        . qq("value":3.106674672798059,"formula":"n / (p ln p)","verdict":"holds","why":)
        . qq("above the printed border of about 2.5 to 3: expected to generalise","source":)
        . qq("Cullen et al. 2026, arXiv:2603.01192v1"}]}\n),
    'tms --polygon 5 --features 6' =>
        "l       1.17046   length of the polygon's columns\n"
        . "b       -0.28230   their bias\n"
        . "h       0.23738   potential of the polygon's features\n"
        . "L       0.06874   (h + c - k) / (3 c)\n"
        . "lambda  7   (3 k - 1) / 2\n",
    'tms --json --polygon 4 --features 5' =>
        qq({"schema":"sltrace.theory-tms-polygon/1","polygon":4,"features":5,"l":1,"b":0,"h":0,"L":0.06666666666666667,"lambda":null}\n),
    'tms --weights net.csv' =>
        "c       2   features; 1 hidden\n"
        . "H       0.70312   potential\n"
        . "L       0.11719   H / (3 c), the error summed over features\n"
        . "mse     0.05859   H / (3 c^2), its mean over features\n",
    'tms --weights net.csv --json' => qq({"schema":"sltrace.theory-tms-weights/1","features":2,"hidden":1,"H":0.703125,)
        . qq("L":0.1171875,"mse":0.05859375}\n),
);
# H by hand: output 1 is 0 up to u = 1/2, then u - 1/2: 1/8 + 3/8; output 2 is u + 1/4:
# 3/16, and 1/4 - u up to u = 1/4 of input 1: 1/64.
workdir();
spew('net.csv', "# one row of W, then b\n1, -1\n\n-0.5\t.25\r\n");
expect(theory($_), $_, out => $exact{$_}) for sort keys %exact;

my %refused = (
    'rrr --in 5 --hidden 3 --out 5 --rank 4' =>
        "theory rrr: rank must lie between 0 and the smallest of in, hidden and out, 3; it is 4",
    'rrr --in 5 --hidden 3 --out 5' =>
        "theory rrr: --rank is missing; see sltrace theory rrr --help",
    'rrr --in five --hidden 3 --out 5 --rank 1' =>
        "--in: expected a whole number from 0 to 2147483647, found 'five'",
    'rrr --in 5 --hidden 3 --out 5 --rank 1 more' =>
        "theory rrr takes no operands; see sltrace theory rrr --help",
    'rrr --in 5 --hiden 3' =>
        "unknown option '--hiden'; did you mean '--hidden'? See sltrace theory rrr --help",
    'dln --widths 5,,5 --rank 1' =>
        "--widths: expected whole numbers separated by commas (5,5 or 5*2), found '5,,5'",
    'dln --widths 5*5000 --rank 1' =>
        "--widths: expected whole numbers separated by commas (5,5 or 5*2), found '5*5000'",
    'dln --widths 5 --rank 1' =>
        "theory dln: 2 to 1024 widths are needed, input first; there are 1",
    'crossing --k 0,0' => "theory crossing: at least one k must be above 0: K is constant",
    'crossing --k 1,1 --h 0' => "--h: expected as many numbers as --k has, 2; found 1",
    'volume' => "theory volume: give either --k or --curvatures",
    'quadratic-sgld --curvatures 1 --nbeta 0 --lr 1' =>
        "--lr and --nbeta must be above 0, --localization not below 0",
    'quadratic-sgld --curvatures 1 --nbeta nan --lr 1' =>
        "--nbeta: expected a number, found 'nan'",
    'quadratic --p 5' => "theory quadratic: --width is missing; see sltrace theory quadratic --help",
    'quadratic --p 5 --width 8 --samples 9 --fraction .4' =>
        "theory quadratic: give either --samples or --fraction",
    'quadratic --p 5 --width 8 --fraction 1.5' =>
        "--fraction: expected above 0 and at most 1",
    'quadratic --p 5 --width 8 --regime rich' =>
        "--regime: expected generic, memorising, lazy, generalising, data or all, found 'rich'",
    'quadratic --p 5 --width 8 --samples 8' =>
        "theory quadratic: 10 symbols in 1 components have 9 to 25 pairs; there are 8 samples",
    'quadratic --p 5 --width 8 --samples 26' =>
        "--samples: expected a whole number from 2 to 25, found '26'",
    'tms' => "theory tms: give either --polygon or --weights",
    'tms --polygon 5 --weights net.csv' =>
        "theory tms: give either --polygon or --weights",
    'tms --features 5 --weights net.csv' =>
        "theory tms: --features goes with --polygon; a file of weights tells its own",
    'tms --polygon 9' => "--polygon: expected a whole number from 1 to 8, found '9'",
    'tms --polygon 6 --features 5' =>
        "theory tms: a polygon has 1 to 8 corners, and no more than there are features, 5; "
        . "found 6",
    'tms --weights none.csv' => "none.csv: cannot open: No such file or directory",
    'tms --weights short.csv' =>
        "short.csv: expected at least two rows, W and then b; found 1",
    'tms --weights ragged.csv' =>
        "ragged.csv:2: expected 2 numbers as in the first row, found 3",
    'tms --weights word.csv' =>
        "word.csv:2:4: expected a number of size at most 1e30, found 'nan'",
    'tms --weights huge.csv' =>
        "huge.csv:1:3: expected a number of size at most 1e30, found '1e31'",
    'tms --weights wide.csv' => "wide.csv:1: expected at most 1024 numbers",
    'tms --weights tall.csv' => "tall.csv:1026: expected at most 1024 rows of W, then b",
    'tms --weights zero.csv' => "zero.csv: byte 3: expected text, found a NUL",
    'grokking --model exp1d' =>
        "theory grokking: --quantity is missing; see sltrace theory grokking --help",
    'grokking --model balls --quantity p' =>
        "--model: expected exp1d or ball, found 'balls'",
    'grokking --model ball --quantity q' =>
        "--quantity: expected p, density, time, error or exponent, found 'q'",
    'grokking --model ball --quantity p --h .5' =>
        "theory grokking: --h: no formula of p of ball reads it",
    'grokking --model ball --quantity p --d 1' =>
        "theory grokking: D must be a whole number from 2 to 10000; it is 1",
    'grokking --model exp1d --quantity p --n 2' =>
        "theory grokking: p of exp1d takes --eps; see sltrace theory grokking --help",
    'grokking --model exp1d --quantity time --eps 1 --x-min 1' =>
        "theory grokking: no formula that is shown reads --x-min; give what they read beside it",
    'grokking --model ball --quantity p --formula E' => "--formula: p of ball has no 'E'",
    'grokking --model exp1d --quantity p --eps 1 --trials 9' =>
        "theory grokking: --trials: p of exp1d has none",
    'grokking --model ball --quantity p --n 1 --formula P-exact --l2 0 --trials 9' =>
        "theory grokking: trials of fewer than D samples, here 2 of 10, take l2 above 0",
    'grokking --model ball --quantity p --n 1*300 --d 2*300' =>
        "theory grokking: more than 65536 combinations of values",
    'rr' => "unknown theory 'rr'; did you mean 'rrr'? See sltrace theory --help",
    '' => "theory: NAME is missing; see sltrace theory --help",
);
spew('short.csv', "1,2\n");
spew('ragged.csv', "1,2\n1,2,3\n");
spew('word.csv', "1,2\n1, nan\n");
spew('huge.csv', "1 1e31\n0 0\n");
spew('wide.csv', '1,' x 1025 . "\n");
spew('tall.csv', "1\n" x 1026);
spew('zero.csv', "1,2\0\n1,2\n");
expect(theory($_), "refused: $_", status => 2, err => "sltrace: $refused{$_}\n")
    for sort keys %refused;

my $all = theory('quadratic --p 53 --width 1024 --fraction .4')->{out};
is $all, theory('quadratic --p 53 --width 1024 --samples 1123 --regime all')->{out},
    'quadratic: a fraction of the pairs is a number of them; all regimes by default';
is_deeply [ $all =~ /^(\w+)$/mg ], [qw(generic memorising lazy generalising data)],
    'quadratic: its regimes';
like $all, qr/^  memorising-lambda  ours     lambda = 29684$/m, 'quadratic: a line of them';

expect(theory('grokking --model exp1d --quantity p --n 2,10 --eps .05,.5 --l2 1'), 'grokking',
    out => qr{
    ^exp1d,\ probability\ that\ the\ test\ error\ ends\ at\ 0\n\n
    N\ +eps\ +l1\ +l2\ +P\n
    2\ +0\.05\ +0\ +1\ +0\.195616\n
    2\ +0\.5\ +0\ +1\ +0\.945053\n
    10\ +0\.05\ +0\ +1\ +0\.356956\n
    10\ +0\.5\ +0\ +1\ +0\.999926\n\n
    P\ \ ours\n\ {4}1\ -\ 2\ e.*\n.*\n
    \ {4}exact:.*\n\n
    P-printed\ \ printed\n\ {4}Eq\ 14}x);
# Without a GSL: files that are no libraries stand before those of the system.
mkdir 'none';
spew("none/libgsl.so.$_", 'nothing') for qw(25 27 28);
{
    local $ENV{LD_LIBRARY_PATH} = 'none';
    expect(theory('grokking --model ball --quantity time'), 'no GSL', status => 3,
        err => qr/^sltrace: no GSL \(libgsl\.so\.25, \.27 or \.28\) is installed\n$/);
    is theory('grokking --model ball --quantity time --d 7')->{status}, 3, 'for any D';
    is theory('grokking --model exp1d --quantity p --eps .1')->{status}, 0,
        'what takes none needs none';
}
my $pair = 'grokking --model ball --quantity p --formula P-exact --n 1 --d 2 --eps 1.1 --trials 2000';
my $trials = theory($pair)->{out};
like $trials, qr/^N +D +eps +l1 +l2 +P-exact +data +error +P-exact-data\n1 +2 +1\.1 +0 +0\.1 +0\.539634 +0\.5\d+ +0\.00\d+ +-?0\.0\d+\n\n/m,
    'trials';
is theory("$pair --seed 0")->{out}, $trials, 'trials: the same key, the same numbers';
isnt theory("$pair --seed 1")->{out}, $trials, 'trials: another key, other numbers';
SKIP: {
    my $time = theory('grokking --model ball --quantity time');
    skip 'no GSL is installed', 2 if $time->{status} == 3;
    like $time->{out}, qr/^D +eps +l2 +t-slow +t-slow-printed +p-fast\n5 +2 +0\.01 +0\.941016 +0\.211107 +0\.0549772$/m,
        'both slow times';
    like theory('grokking --model ball --quantity p --n 10,50 --eps 1.01,1.1 --printed')->{out},
        qr/ P-printed +P-l1 +P-l1-best\n10 +10 +1\.01 +0 +0\.1 +0\.00302336 +- +1\n.*0\.77451 /, 'printed alone';
}

my $volume = theory('volume --k 1,1 --samples 200000 --levels 3');
expect($volume, 'volume', out => qr{
    ^epsilon\ +V\(epsilon\)\n
    1\.00000e-05\ +2\.\d+e-02\n
    3\.16228e-04\ +8\.\d+e-02\n
    1\.00000e-02\ +3\.\d+e-01\n
    lambda\ 0\.5\d+,\ standard\ error\ 0\.00\d+;\ theory\ 1/2,\ m\ 2\n$}x);
is theory('volume --k 1,1 --samples 200000 --levels 3')->{out}, $volume->{out},
    'volume: the same key, the same numbers';
isnt theory('volume --k 1,1 --samples 200000 --levels 3 --seed 1')->{out}, $volume->{out},
    'volume: another key, other numbers';
expect(theory('volume --curvatures 1,0,2 --samples 100000 --from 1e-2 --to .1 --levels 2 --json'),
    'volume as JSON',
    out => qr/^\{"schema":"sltrace\.theory-volume\/1","levels":\[\{"epsilon":.*"theory":"1","multiplicity":1\}\n$/);

for my $name (qw(rrr dln crossing quadratic quadratic-sgld grokking volume tms)) {
    my $help = theory("$name --help");
    is $help->{status}, 0, "$name --help";
    like $help->{out}, qr/^Source: /m, "$name --help names its source";
}
done_testing;
