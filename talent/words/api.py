"""What the interface for other systems says."""

WORDS: dict[str, tuple[str, str]] = {
    "api.parameter": ("参数 {field} 的值“{value}”不能用", "格式见 /api/v1/openapi.json"),
    "api.parameter_missing": ("缺少参数 {field}", "格式见 /api/v1/openapi.json"),
    "api.parameter_unknown": ("没有参数 {field}", "去掉它，或核对拼写；格式见 /api/v1/openapi.json"),
    "api.idempotency_key": ("Idempotency-Key 不能用", "用最多 {most} 个可见字符，每次新的请求换一个"),
    "token.life": ("令牌的有效期不对", "填今天到 {last} 之间的一天"),
    "token.too_many": ("有效的令牌已有 {most} 个", "先作废不用的"),
    "token.no_account": ("令牌属于某个账号，本机操作员没有账号", "登录后在“我的账号”里办理"),
    "token.key_reused": ("Idempotency-Key “{key}”已用于另一个请求", "新的请求换一个新的"),
    "conflict.token": ("这个令牌已经作废", "不用再作废"),
}
