/* Made by tools/gen/ball.py, which says how; do not edit. */
#ifndef SLT_NUM_BALL_TABLE_H
#define SLT_NUM_BALL_TABLE_H

#define SLT_BALL_NODES 64

static const slt_real slt_ball_square[SLT_BALL_NODES] = {
    {0x3e8034a7a3f8d871}, {0x3ecc173fc4a9807c}, {0x3ef52bad82f9848a},
    {0x3f1232b462a56065}, {0x3f275024ab7889ac}, {0x3f38e8a86902f13f},
    {0x3f47867a12937dd1}, {0x3f5451767c671170}, {0x3f606599c75d27e3},
    {0x3f691716d8f1f070}, {0x3f72631996189533}, {0x3f7a023375d70fc1},
    {0x3f81da75c29e8393}, {0x3f87e4dc46c02787}, {0x3f8f483ca0a426b1},
    {0x3f94165c03c3d0e6}, {0x3f995d0e72fbf6c9}, {0x3f9f8bb0796feb0b},
    {0x3fa35a86da797084}, {0x3fa775802fe95dfa}, {0x3fac1f184af50936},
    {0x3fb0af756bb14010}, {0x3fb39dde9499ff63}, {0x3fb6ddb0fa07dadc},
    {0x3fba714f7dc2a655}, {0x3fbe5a8a81ba0863}, {0x3fc14d4a90a334fc},
    {0x3fc398fde4bf7584}, {0x3fc6104e25b4faa8}, {0x3fc8b2cfbfa488f3},
    {0x3fcb7fba464068f3}, {0x3fce75e6f2d5fbb3}, {0x3fd0c9e80113c99d},
    {0x3fd26bc87ada8b2e}, {0x3fd41f73dcf5e703}, {0x3fd5e39b58455d5b},
    {0x3fd7b6c3ce2f1ee0}, {0x3fd99747b4a87f1a}, {0x3fdb835964daf8e3},
    {0x3fdd7905cfd2b994}, {0x3fdf763793a92354}, {0x3fe0bc5d355807cf},
    {0x3fe1bf1f76a209d3}, {0x3fe2c22f4f0f5fc7}, {0x3fe3c4501c23de5f},
    {0x3fe4c43e1a8f4acb}, {0x3fe5c0b0c034336b}, {0x3fe6b85d27eb0f39},
    {0x3fe7a9f8898d314b}, {0x3fe8943ab8b15728}, {0x3fe975e0a46f2680},
    {0x3fea4daed27807c6}, {0x3feb1a73cfda89e6}, {0x3febdb0a91d9df57},
    {0x3fec8e5cc164ff9d}, {0x3fed3364ebe885b2}, {0x3fedc9309473d938},
    {0x3fee4ee220772dfb}, {0x3feec3b29bc2b008}, {0x3fef26f350006244},
    {0x3fef780f2d101005}, {0x3fefb68c03e78b9c}, {0x3fefe20bb0f73ff7},
    {0x3feffa4ed1f213c3},
};

static const slt_real slt_ball_weight[SLT_BALL_NODES] = {
    {0x3e94cac70000b152}, {0x3ecfd4715c16d492}, {0x3eeea572daf599bb},
    {0x3f035299877ef8ac}, {0x3f1385c28cbc7acc}, {0x3f213384eba789ba},
    {0x3f2b9d62892a9f21}, {0x3f34b715fd288bc7}, {0x3f3d848bc2c3d607},
    {0x3f4431679ba26d2c}, {0x3f4abb9664638dd6}, {0x3f5137ffdf58ff8a},
    {0x3f55ad10638eebfc}, {0x3f5ac0cbfdc4e8bb}, {0x3f603a803e261738},
    {0x3f6364b6a3e12318}, {0x3f66dddddf6e591f}, {0x3f6aa3be7d51a20f},
    {0x3f6eb31682a945dd}, {0x3f7183cee02b80fc}, {0x3f73ce066ac7387c},
    {0x3f76351369695c51}, {0x3f78b562b3f6839a}, {0x3f7b4af3c08bf4d8},
    {0x3f7df16118c82a40}, {0x3f8051f4f100c551}, {0x3f81aebe30fc9369},
    {0x3f830c60b38fe830}, {0x3f8468143ca43e35}, {0x3f85befa5ad488fe},
    {0x3f870e251bababcc}, {0x3f88529df6036d4f}, {0x3f89896cd9d8ef50},
    {0x3f8aaf9f5486add4}, {0x3f8bc24fb8186477}, {0x3f8cbeac345b891d},
    {0x3f8da1fdd067822a}, {0x3f8e69af339b26c8}, {0x3f8f13532d78d663},
    {0x3f8f9caaec5e8a47}, {0x3f9001d5e9e927da}, {0x3f90234271fded08},
    {0x3f9031d1d2739d19}, {0x3f902cdc44a868bc}, {0x3f9013dd5efe47d4},
    {0x3f8fcceb5bf76ac2}, {0x3f8f48d7f5968136}, {0x3f8e9b5c778ffb4a},
    {0x3f8dc4a45922dccb}, {0x3f8cc52b17e8c113}, {0x3f8b9dbbfd9b178b},
    {0x3f8a4f712fc91bb8}, {0x3f88dbb20b30ec3c}, {0x3f874430ce220cd6},
    {0x3f858ae797017ced}, {0x3f83b214bdbbf5af}, {0x3f81bc3690be5e89},
    {0x3f7f580d006fdc06}, {0x3f7b08e78c00be4e}, {0x3f76913b43b55c39},
    {0x3f71f79acdfad688}, {0x3f6a85c5b1396468}, {0x3f60f485a7552c7a},
    {0x3f4d3505bf660418},
};

#endif
