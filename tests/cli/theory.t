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
        qq({"lambda":"19/2","value":9.5,"multiplicity":2}\n),
    'quadratic-sgld --curvatures 1 --nbeta 144.76 --localization 1 --lr 1e-3' =>
        "expected    0.513514   what 2000 draws must give\n"
        . "stationary  0.515349   the limit of long chains\n"
        . "lambda      0.500000   half the curved directions\n",
);
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
    'rr' => "unknown theory 'rr'; did you mean 'rrr'? See sltrace theory --help",
    '' => "theory: NAME is missing; see sltrace theory --help",
);
expect(theory($_), "refused: $_", status => 2, err => "sltrace: $refused{$_}\n")
    for sort keys %refused;

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
    out => qr/^\{"levels":\[\{"epsilon":.*"theory":"1","multiplicity":1\}\n$/);

for my $name (qw(rrr dln crossing quadratic-sgld volume)) {
    my $help = theory("$name --help");
    is $help->{status}, 0, "$name --help";
    like $help->{out}, qr/^Source: /m, "$name --help names its source";
}
done_testing;
