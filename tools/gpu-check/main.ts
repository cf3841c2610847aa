console.log("gpu-check");
