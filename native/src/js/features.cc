#include "features.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sonde {

namespace {

// Loads `r0 = 0; exit` as a tracepoint program; 0 or an errno.
int TryLoad()
{
	const bpf_insn code[] = {
	    {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0},
	    {BPF_JMP | BPF_EXIT, 0, 0, 0, 0},
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_TRACEPOINT, "sonde_try", "GPL", code, 2, nullptr);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

}  // namespace

Napi::Value KernelSupport(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	Napi::Object support = Napi::Object::New(env);
	int error = TryLoad();

	support.Set("loadError", error == 0 ? "" : strerrordesc_np(error));
	support.Set("ringBuffer", libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, nullptr) == 1);
	support.Set("taskPtRegs",
		    libbpf_probe_bpf_helper(BPF_PROG_TYPE_TRACEPOINT, BPF_FUNC_task_pt_regs, nullptr) == 1);
	return support;
}

}  // namespace sonde
