// ---- Elements
