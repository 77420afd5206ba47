{
  "variables": { "sanitize%": "" },
  "targets": [
    {
      "target_name": "sonde",
      "sources": [
        "src/addon.cc",
        "src/batch.cc",
        "src/bpf_object.cc",
        "src/object_layout.cc",
        "src/capture.cc",
        "src/clock.cc",
        "src/controls.cc",
        "src/counters.cc",
        "src/encoder.cc",
        "src/error.cc",
        "src/event_batch.cc",
        "src/features.cc",
        "src/libbpf_log.cc",
        "src/mapping.cc",
        "src/plan.cc",
        "src/reader.cc",
        "src/ring.cc",
        "src/trace.cc",
        "src/trace_core.cc",
        "src/trace_options.cc",
        "src/utf8.cc"
      ],
      "include_dirs": ["<!@(node -p \"require('node-addon-api').include\")"],
      "defines": ["NAPI_VERSION=8", "NODE_ADDON_API_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED"],
      "cflags!": ["-fno-exceptions"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti"],
      "cflags_cc": ["-std=c++17", "-O2", "-Wall", "-Wextra", "-Werror"],
      "libraries": ["-lbpf"],
      "conditions": [
        ["sanitize!=''", {
          "cflags_cc": ["-fsanitize=<(sanitize)", "-fno-omit-frame-pointer", "-g"],
          "ldflags": ["-fsanitize=<(sanitize)"]
        }]
      ]
    }
  ]
}
