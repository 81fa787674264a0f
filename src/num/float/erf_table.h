/* Made by tools/gen/erf.py, which says how; do not edit. Lowest power first. */
#ifndef SLT_NUM_FLOAT_ERF_TABLE_H
#define SLT_NUM_FLOAT_ERF_TABLE_H

#define SLT_ERF_F32_END 0x1.000000p+2f
#define SLT_ERF_F32_MIDDLE 0x1.380000p+1f

static const float slt_erf_q_f32[] = {
    0x1.06eba8p-3f,
    -0x1.81273ep-2f,
    0x1.ce2cf8p-4f,
    -0x1.b7f910p-6f,
    0x1.5405bep-8f,
    -0x1.a3f71ep-11f,
    0x1.496a12p-14f,
};

static const float slt_erf_p_f32[] = {
    0x1.ffb5bep-1f,
    0x1.84b9f6p-9f,
    -0x1.d9c308p-8f,
    0x1.608abep-7f,
    -0x1.5eb13cp-7f,
    0x1.d84594p-8f,
    -0x1.897dfep-9f,
    0x1.8b8b48p-12f,
    0x1.b36030p-12f,
    -0x1.3c3fb6p-12f,
    0x1.2b81f0p-14f,
    0x1.58b39ep-16f,
    -0x1.30758ap-16f,
    0x1.531486p-19f,
    0x1.462aa4p-20f,
    -0x1.76ea36p-22f,
};

#define SLT_ERF_F64_END 0x1.800000p+2
#define SLT_ERF_F64_MIDDLE 0x1.760000p+1

static const double slt_erf_q_f64[] = {
    0x1.06eba8214db69p-3,
    -0x1.812746b0379e6p-2,
    0x1.ce2f21a042b21p-4,
    -0x1.b82ce312849afp-6,
    0x1.565bcd0db0530p-8,
    -0x1.c02db3d8f264ep-11,
    0x1.f9a321a195b9dp-14,
    -0x1.f4d1df40274b3p-17,
    0x1.b9def1de3f8ebp-20,
    -0x1.5f1d38354a7c9p-23,
    0x1.f7a41b6768ef8p-27,
    -0x1.386acc14bb471p-30,
    0x1.0579a08899394p-34,
};

static const double slt_erf_p_f64[] = {
    0x1.fffb4a210b172p-1,
    0x1.cfd4a5adec999p-13,
    -0x1.52d055060ba7cp-11,
    0x1.36aa0be7f8067p-10,
    -0x1.8d645f3939d60p-10,
    0x1.7340b21ef99bcp-10,
    -0x1.ff3a171c983dcp-11,
    0x1.f3fe0aa79b8cfp-12,
    -0x1.244358e920143p-13,
    -0x1.2b19799ffd159p-19,
    0x1.b582e67ee492fp-16,
    -0x1.c49eb462a8c50p-17,
    0x1.5f595e48b6c30p-19,
    0x1.858b70e591d70p-21,
    -0x1.5bed40c658cdep-21,
    0x1.5d435f45be8b0p-23,
    0x1.1669a4047bebap-26,
    -0x1.93d727b223b35p-26,
    0x1.980011302d3bfp-28,
    0x1.181026a447010p-31,
    -0x1.872a5a21000e6p-31,
    0x1.4f8d3fefaf2b7p-33,
    0x1.73fd7913d6770p-36,
    -0x1.41b68ac63f0a0p-36,
    0x1.82dc717361366p-39,
    0x1.d196223d61529p-41,
    -0x1.b24c70507ccbep-42,
    0x1.92d8e6e98a407p-47,
    0x1.ae182bcb44e33p-46,
    -0x1.08c23a4d23b7fp-48,
    -0x1.d1889cafa2d41p-51,
    0x1.d986b57957355p-53,
    0x1.ba86575d5dccbp-57,
    -0x1.4366cd746b8dap-58,
};

#define SLT_ERF_F64_TAIL 0x1.400000p+2

static const double slt_erf_r_f64[] = {
    0x1.5a84bd7421fecp-56,
    -0x1.24544d350a51fp-50,
    -0x1.25f718c60a2cep-45,
    -0x1.597386283b75ap-41,
    -0x1.851e80d97558cp-38,
    -0x1.0575dbbf63816p-35,
    -0x1.b5b8e3a52f53ap-34,
    -0x1.dc3832f653de7p-33,
    -0x1.4fd8f2e51e07dp-32,
    -0x1.2bc3fd501f70cp-32,
    -0x1.350fda2bc9480p-33,
    -0x1.230d6cfbf96b3p-35,
};

#endif
